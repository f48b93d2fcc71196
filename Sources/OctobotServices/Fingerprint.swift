import Sealing

/// A digest that tells whether two params or messages are the same.
enum Fingerprint {
    static func of(_ bytes: [UInt8]) -> String { Digest.sha256(bytes).map { hex($0) }.joined() }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
