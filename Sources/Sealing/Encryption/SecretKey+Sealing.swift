/// A sealed value: version (1 byte), key id (4), nonce (12), ciphertext, tag (16).
private enum Layout {
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
        let header = [Layout.version] + id
        let sealed = try AESGCM.seal(
            plaintext,
            key: derived(for: "octobot sealing"),
            nonce: nonce,
            context: header + Array(context.utf8)
        )
        return header + nonce + sealed
    }
}

/// The keys values may have been sealed with: the first seals, all open.
package struct KeyRing: Sendable {
    private let keys: [SecretKey]
    private let current: SecretKey

    /// - Parameter earlier: Keys that were current before a rotation.
    package init(_ current: SecretKey, earlier: [SecretKey] = []) {
        self.current = current
        keys = [current] + earlier
    }

    /// Seals a value with the current key.
    package func seal(_ plaintext: [UInt8], context: String) throws(SealingError) -> [UInt8] {
        try current.seal(plaintext, context: context)
    }

    /// Opens a value sealed with any of the keys.
    ///
    /// - Throws: ``SealingError/unknownKey``, or ``SealingError/cannotOpen`` for a changed value or another place.
    package func open(_ sealed: [UInt8], context: String) throws(SealingError) -> [UInt8] {
        guard sealed.count >= Layout.minimumSize, sealed[0] == Layout.version else { throw .malformed }
        let header = Array(sealed.prefix(Layout.headerSize))
        guard let key = keys.first(where: { $0.id == Array(header.dropFirst()) }) else { throw .unknownKey }
        let rest = sealed.dropFirst(Layout.headerSize)
        return try AESGCM.open(
            Array(rest.dropFirst(AESGCM.nonceSize)),
            key: key.derived(for: "octobot sealing"),
            nonce: Array(rest.prefix(AESGCM.nonceSize)),
            context: header + Array(context.utf8)
        )
    }

    /// Whether a value was sealed with an earlier key and should be sealed anew.
    package func isOutdated(_ sealed: [UInt8]) -> Bool {
        !Array(sealed.dropFirst().prefix(current.id.count)).elementsEqual(current.id)
    }
}
