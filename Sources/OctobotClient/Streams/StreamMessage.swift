import JSONText
import OctobotAPI
import OctobotModel

/// The params of one notification of a stream, read as far as this client needs (rpc.md §5).
struct StreamMessage {
    /// Counts 1, 2, 3 …; a jump proves loss.
    var n: Int
    var cursor: String
    var type: String
    private let text: [UInt8]
    private let members: [String: Range<Int>]

    init(_ text: [UInt8]) throws(ClientError) {
        var members: [String: Range<Int>] = [:]
        do throws(JSONScanError) {
            var scanner = JSONScanner()
            try text.withUnsafeBufferPointer { bytes throws(JSONScanError) in
                try scanner.scan(bytes)
                for item in scanner.items {
                    members[String(decoding: bytes[item.name], as: UTF8.self)] = item.value
                }
            }
        } catch {
            throw .unreadable("a notification: \(error)")
        }
        self.text = text
        self.members = members
        n = 0
        cursor = ""
        type = ""
        n = value("n")?.integerValue.map { Int(clamping: $0) } ?? 0
        cursor = value("cursor")?.stringValue ?? ""
        type = value("type")?.stringValue ?? ""
        guard n > 0, !cursor.isEmpty, !type.isEmpty else {
            throw .unreadable("a notification without n, cursor or type")
        }
    }

    /// The text of a member.
    func bytes(_ name: String) -> ArraySlice<UInt8>? { members[name].map { text[$0] } }

    /// A member as a tree, for short ones.
    func value(_ name: String) -> JSONValue? {
        // The text was scanned as a whole, so a part of it parses.
        bytes(name).flatMap { try? JSONValue(parsing: $0) }
    }

    /// Whether this is a part of a snapshot and not its last.
    var isPartial: Bool { type == "snapshot" && value("more")?.boolValue == true }

    /// The things a part of a snapshot holds.
    private var items: [[UInt8]] { value("items")?.arrayValue?.map { $0.serialized() } ?? [] }

    /// What a message of type `bytes` carries; `nil` when it cannot be read.
    var piece: (bytes: [UInt8], offset: Int64)? {
        guard let offset = value("offset")?.integerValue, let data = value("data")?.stringValue,
            let encoding = value("encoding")?.stringValue.flatMap({ ContentEncoding(rawValue: $0) }),
            let bytes = encoding.bytes(of: data)
        else { return nil }
        return (bytes, offset)
    }

    /// What the caller sees; `nil` for types this client does not know, which it has to cope with (rpc.md §3).
    func element<Item: Decodable>(_ type: Item.Type) -> StreamElement<Item>? {
        switch self.type {
        case "event":
            guard let data = bytes("data"), let at = value("at")?.stringValue.flatMap({ Timestamp($0) }),
                let item = try? JSONCoding.decode(Item.self, from: data)
            else {
                // An item of a kind that is newer than this client.
                return .bookmark(cursor: cursor)
            }
            return .item(item, cursor: cursor, at: at, json: Array(data))
        case "bytes":
            guard let piece else { return .bookmark(cursor: cursor) }
            return .bytes(piece.bytes, offset: piece.offset)
        case "snapshot": return .snapshot(items: items, more: isPartial)
        case "synced": return .synced(cursor: cursor)
        case "bookmark": return .bookmark(cursor: cursor)
        case "gap":
            return .gap(
                reason: value("reason")?.stringValue ?? "",
                from: value("from")?.stringValue ?? "",
                to: value("to")?.stringValue ?? cursor
            )
        case "end" where value("exitCode") != nil:
            return .exited(code: value("exitCode")?.integerValue.map { Int(clamping: $0) } ?? 0)
        case "end": return .end(reason: value("reason")?.stringValue ?? "", resume: value("resume")?.stringValue)
        default: return nil
        }
    }
}
