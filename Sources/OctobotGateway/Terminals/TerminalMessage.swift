import JSONText
import NIOCore
import NIOWebSocket
import OctobotAPI

/// A message of a terminal's WebSocket: one JSON object in one text frame (rest-api.md §17).
enum TerminalMessage: Sendable, Equatable {
    case input([UInt8])
    case resize(rows: Int, cols: Int)

    /// What a client sent; `nil` for types nobody knows and for data that does not fit its type.
    init?(_ text: some Collection<UInt8>) throws(JSONScanError) {
        let message = try JSONValue(parsing: text)
        switch message["type"]?.stringValue {
        case "input":
            guard let data = message["data"]?.stringValue else { return nil }
            self = .input(Array(data.utf8))
        case "resize":
            guard let data = message["data"], let rows = data["rows"]?.integerValue,
                let cols = data["cols"]?.integerValue
            else { return nil }
            self = .resize(rows: Self.size(rows), cols: Self.size(cols))
        default: return nil
        }
    }

    private static func size(_ number: Int64) -> Int {
        Int(min(max(number, Int64(Terminal.sizes.lowerBound)), Int64(Terminal.sizes.upperBound)))
    }

    /// What the terminal printed; bytes that are no UTF-8 become replacement characters.
    static func output(_ bytes: [UInt8]) -> WebSocketFrame { frame("output", String(decoding: bytes, as: UTF8.self)) }

    /// What went wrong.
    static func error(_ text: String) -> WebSocketFrame { frame("error", text) }

    private static func frame(_ type: String, _ data: String) -> WebSocketFrame {
        var text: [UInt8] = []
        text.reserveCapacity(data.utf8.count + 64)
        text += "{\"type\":\"\(type)\",\"data\":".utf8
        text.appendJSON(data)
        text.append(UInt8(ascii: "}"))
        return WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: text))
    }
}
