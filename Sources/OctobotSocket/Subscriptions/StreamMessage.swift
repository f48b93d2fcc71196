import Foundation
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServices

/// What a notification of a stream says (rpc.md §5).
enum StreamMessage: Sendable {
    case event(LogEntry)
    case bytes(LogBytes)
    case snapshot(items: [[UInt8]], more: Bool)
    case gap(reason: String, from: String, to: String)
    case synced
    case bookmark
    case end(reason: String, error: JSONValue?, resume: String, program: ProgramEnd? = nil)

    /// The params as JSON text; the data of an entry is copied as it is, encoded once for everybody.
    func text(subscription: String, n: Int, cursor: String) -> ByteBuffer {
        var head: [UInt8] = []
        head.reserveCapacity(192)
        head += #"{"subscription":"#.utf8
        head.appendJSON(subscription)
        head += ",\"n\":\(n),\"cursor\":".utf8
        head.appendJSON(cursor)
        switch self {
        case .event(let entry):
            head += #","type":"event","at":"#.utf8
            head.appendJSON(entry.at.description)
            head += #","data":"#.utf8
            var text = ByteBufferAllocator().buffer(capacity: head.count + entry.data.count + 1)
            text.writeBytes(head)
            text.writeBytes(entry.data)
            text.writeStaticString("}")
            return text
        case .bytes(let piece):
            head += ",\"type\":\"bytes\",\"offset\":\(piece.offset)".utf8
            if let channel = piece.channel { head += ",\"channel\":\"\(channel.rawValue)\"".utf8 }
            head += ",\"encoding\":".utf8
            head += piece.isText ? #""utf8","data":"#.utf8 : #""base64","data":"#.utf8
            head.appendJSON(
                piece.isText
                    ? String(decoding: piece.bytes, as: UTF8.self) : Data(piece.bytes).base64EncodedString()
            )
            head += "}".utf8
        case .snapshot(let items, let more):
            head += #","type":"snapshot","items":["#.utf8
            for (index, item) in items.enumerated() {
                if index > 0 { head.append(UInt8(ascii: ",")) }
                head += item
            }
            head += "],\"more\":\(more)}".utf8
        case .gap(let reason, let from, let to):
            head += #","type":"gap","reason":"#.utf8
            head.appendJSON(reason)
            head += #","from":"#.utf8
            head.appendJSON(from)
            head += #","to":"#.utf8
            head.appendJSON(to)
            head += "}".utf8
        case .synced: head += #","type":"synced"}"#.utf8
        case .bookmark: head += #","type":"bookmark"}"#.utf8
        case .end(let reason, let error, let resume, let program):
            head += #","type":"end","reason":"#.utf8
            head.appendJSON(reason)
            if let error {
                head += #","error":"#.utf8
                error.serialize(into: &head)
            }
            head += #","resume":"#.utf8
            head.appendJSON(resume)
            if let code = program?.exitCode { head += ",\"exitCode\":\(code)".utf8 }
            if let signal = program?.signal { head += ",\"signal\":\(signal)".utf8 }
            if let timedOut = program?.timedOut { head += ",\"timedOut\":\(timedOut)".utf8 }
            if let truncated = program?.truncated { head += ",\"truncated\":\(truncated)".utf8 }
            head += "}".utf8
        }
        return ByteBuffer(bytes: head)
    }
}
