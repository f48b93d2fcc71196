/// The keys values may have been sealed with: the first seals, all open.
package struct KeyRing: Sendable, Equatable {
    /// The current key and, behind it, the earlier ones.
    let keys: [SecretKey]
    package let current: SecretKey

    /// - Parameter earlier: Keys that were current before a rotation.
    package init(_ current: SecretKey, earlier: [SecretKey] = []) {
        self.current = current
        keys = [current] + earlier
    }

    /// Keys as text, 64 hexadecimal digits each, the current one first.
    ///
    /// - Throws: ``SealingError/badKey`` for anything else, also for none.
    package init(text: String, separator: Character) throws(SealingError) {
        var keys: [SecretKey] = []
        for part in text.split(separator: separator, omittingEmptySubsequences: false) {
            keys.append(try SecretKey(hexadecimal: String(part)))
        }
        guard let first = keys.first else { throw .badKey }
        self.init(first, earlier: Array(keys.dropFirst()))
    }

    /// What was current before the current one, if that is still here.
    package var previous: SecretKey? { keys.dropFirst().first }

    /// Whether a rotation has not ended.
    package var hasEarlierKeys: Bool { keys.count > 1 }

    /// Seals a value with the current key.
    package func seal(_ plaintext: [UInt8], context: String) throws(SealingError) -> [UInt8] {
        try current.seal(plaintext, context: context)
    }

    /// Opens a value sealed with any of the keys.
    ///
    /// - Throws: ``SealingError/unknownKey``, or ``SealingError/cannotOpen`` for a changed value or another place.
    package func open(_ sealed: [UInt8], context: String) throws(SealingError) -> [UInt8] {
        guard sealed.count >= SealedLayout.minimumSize, sealed[0] == SealedLayout.version else { throw .malformed }
        let header = Array(sealed.prefix(SealedLayout.headerSize))
        guard let key = keys.first(where: { $0.id == Array(header.dropFirst()) }) else { throw .unknownKey }
        let rest = sealed.dropFirst(SealedLayout.headerSize)
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
