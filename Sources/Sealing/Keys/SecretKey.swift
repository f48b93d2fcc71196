/// The daemon's 32-byte key; every use gets a key of its own derived from it.
///
/// It prints as nothing but its name, so that it cannot slip into a log.
package struct SecretKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    private let bytes: [UInt8]

    /// - Throws: ``SealingError/badKey`` unless there are 32 bytes.
    package init(bytes: [UInt8]) throws(SealingError) {
        guard bytes.count == AESGCM.keySize else { throw .badKey }
        self.bytes = bytes
    }

    /// - Throws: ``SealingError/badKey`` unless there are 64 hexadecimal digits.
    package init(hexadecimal text: String) throws(SealingError) {
        guard let bytes = Hexadecimal.bytes(text) else { throw .badKey }
        try self.init(bytes: bytes)
    }

    /// A new random key.
    package static func random() throws(SealingError) -> SecretKey {
        try SecretKey(bytes: try SecureRandom.bytes(AESGCM.keySize))
    }

    /// 64 lower-case hexadecimal digits, for its file alone.
    var hexadecimal: String { Hexadecimal.text(bytes) }

    /// Tells keys apart without telling anything about them.
    var id: [UInt8] { Array(derived(for: "octobot key id").prefix(4)) }

    /// The key for one purpose (HKDF-SHA-256).
    func derived(for purpose: String) -> [UInt8] {
        Digest.hkdfSHA256(key: bytes, salt: [], info: Array(purpose.utf8), length: AESGCM.keySize)
    }

    /// Compares in constant time.
    package static func == (one: SecretKey, other: SecretKey) -> Bool { Digest.areEqual(one.bytes, other.bytes) }

    package var description: String { "SecretKey" }
    package var debugDescription: String { "SecretKey" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
