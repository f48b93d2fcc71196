extension SecretKey {
    /// The secret one session's sandbox is spoken to with: derived, never stored (decision 26).
    ///
    /// - Returns: 64 hexadecimal digits, the same for the same id and nonce.
    package func sandboxSecret(sessionID: String, nonce: String) -> String {
        // The length in front keeps apart what concatenation alone would confuse.
        let message = "\(sessionID.utf8.count):\(sessionID)\(nonce)"
        return Hexadecimal.text(Digest.hmacSHA256(key: derived(for: "octobot sandbox secret"), Array(message.utf8)))
    }
}

/// What a sandbox gets to know of its secret.
package enum SandboxSecret {
    /// `hex(salt):hex(SHA-256(salt || secret))`, the value of `OCTOBOT_SECRET` (agent-api.md §2).
    package static func salted(_ secret: String) throws(SealingError) -> String {
        let salt = try SecureRandom.bytes(16)
        return Hexadecimal.text(salt) + ":" + Hexadecimal.text(Digest.sha256(salt + Array(secret.utf8)))
    }
}
