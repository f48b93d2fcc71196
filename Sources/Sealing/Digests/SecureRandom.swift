import COpenSSL

/// Random bytes for keys, nonces and tokens.
package enum SecureRandom {
    /// - Throws: ``SealingError/library(_:)`` when the system has no randomness to give.
    package static func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .library("RAND_bytes") }
        return bytes
    }

    /// Random bytes as hexadecimal digits, two a byte.
    package static func hex(bytes count: Int) throws(SealingError) -> String {
        Hexadecimal.text(try bytes(count))
    }
}
