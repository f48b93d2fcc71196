import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with 12-byte nonces and 16-byte tags.
package enum AESGCM {
    package static let keySize = 32
    package static let nonceSize = 12
    package static let tagSize = 16

    /// The ciphertext with the tag behind it.
    ///
    /// - Parameters:
    ///   - nonce: Never used twice with one key.
    ///   - context: Bound to the ciphertext but not part of it (associated data).
    package static func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        nonce: [UInt8],
        context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        try check(key, nonce)
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .library("EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(cipher) }
        guard EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1 else {
            throw .library("EVP_EncryptInit_ex")
        }
        var length: Int32 = 0
        // An update of no bytes is not defined for every cipher, so it is left out.
        if !context.isEmpty {
            guard EVP_EncryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1 else {
                throw .library("EVP_EncryptUpdate")
            }
        }
        var output = [UInt8](repeating: 0, count: plaintext.count)
        if !plaintext.isEmpty {
            guard EVP_EncryptUpdate(cipher, &output, &length, plaintext, Int32(plaintext.count)) == 1 else {
                throw .library("EVP_EncryptUpdate")
            }
        }
        var rest = [UInt8](repeating: 0, count: tagSize)
        guard EVP_EncryptFinal_ex(cipher, &rest, &length) == 1 else { throw .library("EVP_EncryptFinal_ex") }
        var tag = [UInt8](repeating: 0, count: tagSize)
        guard EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), &tag) == 1 else {
            throw .library("EVP_CIPHER_CTX_ctrl")
        }
        return output + tag
    }

    /// The plaintext of a ciphertext with its tag.
    ///
    /// - Throws: ``SealingError/cannotOpen`` unless key, nonce, context and every byte are those of the sealing.
    package static func open(
        _ sealed: [UInt8],
        key: [UInt8],
        nonce: [UInt8],
        context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        try check(key, nonce)
        guard sealed.count >= tagSize else { throw .malformed }
        let ciphertext = Array(sealed.dropLast(tagSize))
        var tag = Array(sealed.suffix(tagSize))
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .library("EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(cipher) }
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1 else {
            throw .library("EVP_DecryptInit_ex")
        }
        var length: Int32 = 0
        if !context.isEmpty {
            guard EVP_DecryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1 else { throw .cannotOpen }
        }
        var output = [UInt8](repeating: 0, count: ciphertext.count)
        if !ciphertext.isEmpty {
            guard EVP_DecryptUpdate(cipher, &output, &length, ciphertext, Int32(ciphertext.count)) == 1 else {
                throw .cannotOpen
            }
        }
        guard EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), &tag) == 1 else {
            throw .library("EVP_CIPHER_CTX_ctrl")
        }
        var rest = [UInt8](repeating: 0, count: tagSize)
        guard EVP_DecryptFinal_ex(cipher, &rest, &length) == 1 else {
            // What was decrypted is not what was sealed: nobody may see it.
            OPENSSL_cleanse(&output, output.count)
            throw .cannotOpen
        }
        return output
    }

    private static func check(_ key: [UInt8], _ nonce: [UInt8]) throws(SealingError) {
        guard key.count == keySize else { throw .badKey }
        guard nonce.count == nonceSize else { throw .malformed }
    }
}
