import Foundation
import OctobotAPI

/// Bytes as JSON text: as they are where that is text and not much longer, else in Base64.
///
/// JSON writes control characters with up to six bytes; beyond ``ample`` that would make an answer too large which as
/// Base64 is not.
struct EncodedBytes: Sendable {
    var text: String
    var encoding: ContentEncoding

    /// How long text may get whatever it is made of, in bytes.
    static let ample = 2 << 20

    init(_ bytes: some Collection<UInt8>) {
        if !bytes.contains(0), Self.length(of: bytes) <= Swift.max(Self.ample, (bytes.count + 2) / 3 * 4),
            let text = String(validating: bytes, as: UTF8.self)
        {
            self.text = text
            encoding = .utf8
        } else {
            text = Data(bytes).base64EncodedString()
            encoding = .base64
        }
    }

    /// The length of the bytes as JSON text.
    private static func length(of bytes: some Collection<UInt8>) -> Int {
        bytes.reduce(0) { length, byte in
            switch byte {
            case 0x08, 0x09, 0x0A, 0x0C, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "\\"): length + 2
            case 0..<0x20: length + 6
            default: length + 1
            }
        }
    }
}
