/// A sealed value: version (1 byte), key id (4), nonce (12), ciphertext, tag (16).
enum SealedLayout {
    static let version: UInt8 = 1
    static let headerSize = 5
    static let minimumSize = headerSize + AESGCM.nonceSize + AESGCM.tagSize
}

extension SecretKey {
    /// Seals a value for one place.
    ///
    /// - Parameter context: Names the place, such as table, row and column; the value opens only with the same.
    package func seal(_ plaintext: [UInt8], context: String) throws(SealingError) -> [UInt8] {
        let nonce = try SecureRandom.bytes(AESGCM.nonceSize)
        let header = [SealedLayout.version] + id
        let sealed = try AESGCM.seal(
            plaintext,
            key: derived(for: "octobot sealing"),
            nonce: nonce,
            context: header + Array(context.utf8)
        )
        return header + nonce + sealed
    }
}
