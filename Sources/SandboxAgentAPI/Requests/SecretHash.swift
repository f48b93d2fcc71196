/// The salted hash a sandbox gets in place of its secret (agent-api.md §2): `hex(salt):hex(SHA-256(salt || secret))`.
package struct SecretHash: Sendable, Equatable {
    package var salt: [UInt8]
    package var digest: [UInt8]

    package init(salt: [UInt8], digest: [UInt8]) {
        self.salt = salt
        self.digest = digest
    }

    /// Reads the value of `OCTOBOT_SECRET`; `nil` unless it is two hexadecimal parts, the second of 32 bytes.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let salt = Self.bytes(parts[0]), let digest = Self.bytes(parts[1]), !salt.isEmpty,
            digest.count == 32
        else { return nil }
        self.init(salt: salt, digest: digest)
    }

    /// The text for `OCTOBOT_SECRET`.
    package var text: String { Self.hex(salt) + ":" + Self.hex(digest) }

    /// What is hashed: the salt's raw bytes, then the characters of the secret.
    package func message(for secret: String) -> [UInt8] { salt + Array(secret.utf8) }

    /// Compares in a time that does not depend on where two digests differ.
    package func matches(digest other: [UInt8]) -> Bool {
        guard other.count == digest.count else { return false }
        var difference: UInt8 = 0
        for (mine, theirs) in zip(digest, other) { difference |= mine ^ theirs }
        return difference == 0
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            result.append(UInt8(high << 4 | low))
        }
        return result
    }
}

/// What an `Authorization` field says.
package enum BearerToken: Sendable, Equatable {
    case missing
    case malformed
    case token(String)

    package init(field: String?) {
        guard let field else {
            self = .missing
            return
        }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            self = .malformed
            return
        }
        self = .token(String(parts[1]))
    }
}
