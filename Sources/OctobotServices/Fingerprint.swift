import Sealing

/// A digest that tells whether two params or messages are the same.
enum Fingerprint {
    static func of(_ bytes: [UInt8]) -> String { Hexadecimal.text(Digest.sha256(bytes)) }
}
