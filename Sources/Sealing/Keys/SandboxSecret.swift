/// What the secrets of sandboxes are derived from; a rotation of the daemon's key leaves it as it is, because sandboxes
/// that run know only theirs.
package struct SandboxKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// 32 bytes, to be sealed.
    package let bytes: [UInt8]

    /// - Throws: ``SealingError/badKey`` unless there are 32 bytes.
    package init(bytes: [UInt8]) throws(SealingError) {
        guard bytes.count == 32 else { throw .badKey }
        self.bytes = bytes
    }

    fileprivate init(derivedFrom key: SecretKey) {
        bytes = key.derived(for: "octobot sandbox secret")
    }

    /// The secret one session's sandbox is spoken to with: derived, never stored (decision 26).
    ///
    /// - Returns: 64 hexadecimal digits, the same for the same id and nonce.
    package func secret(sessionID: String, nonce: String) -> String {
        // The length in front keeps apart what concatenation alone would confuse.
        let message = "\(sessionID.utf8.count):\(sessionID)\(nonce)"
        return Hexadecimal.text(Digest.hmacSHA256(key: bytes, Array(message.utf8)))
    }

    package var description: String { "SandboxKey" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretKey {
    /// The key sandboxes' secrets come from unless another one is stored.
    package var sandboxKey: SandboxKey { SandboxKey(derivedFrom: self) }
}

/// What a sandbox gets to know of its secret.
package enum SandboxSecret {
    /// `hex(salt):hex(SHA-256(salt || secret))`, the value of `OCTOBOT_SECRET` (agent-api.md §2).
    package static func salted(_ secret: String) throws(SealingError) -> String {
        let salt = try SecureRandom.bytes(16)
        return Hexadecimal.text(salt) + ":" + Hexadecimal.text(Digest.sha256(salt + Array(secret.utf8)))
    }
}
