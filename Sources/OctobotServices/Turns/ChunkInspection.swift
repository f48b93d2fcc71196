import JSONText

/// A chunk that asks for an approval.
struct ApprovalRequest {
    var approvalID: String
    var toolCallID: String

    init?(_ chunk: [UInt8]) {
        guard chunk.contains("tool-approval-request"), let value = try? JSONValue(parsing: chunk),
            value["type"] == "tool-approval-request", let approval = value["approvalId"]?.stringValue,
            let tool = value["toolCallId"]?.stringValue
        else { return nil }
        approvalID = approval
        toolCallID = tool
    }
}

/// The first chunk of an answer.
enum StartChunk {
    /// The model it names, if any.
    static func model(_ chunk: [UInt8]) -> String? {
        guard let value = try? JSONValue(parsing: chunk), value["type"] == "start" else { return nil }
        return value["messageMetadata"]?["model"]?.stringValue
    }
}

/// How a turn's chunks end.
struct StreamEnding {
    /// The text of the last error, or that of a finish with reason `error`.
    private(set) var error: String?
    private(set) var isFinished = false

    init(_ chunks: [[UInt8]]) {
        for chunk in chunks.suffix(8) {
            guard let value = try? JSONValue(parsing: chunk) else { continue }
            switch value["type"] {
            case "error": error = value["errorText"]?.stringValue ?? "The agent failed."
            case "finish":
                isFinished = true
                if value["finishReason"] == "error", error == nil { error = "The agent failed." }
            default: break
            }
        }
    }
}

extension [UInt8] {
    /// Whether the ASCII `needle` stands somewhere in these bytes.
    func contains(_ needle: StaticString) -> Bool {
        let needle = UnsafeBufferPointer(start: needle.utf8Start, count: needle.utf8CodeUnitCount)
        guard let first = needle.first else { return true }
        return withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            while rest.count >= needle.count, let start = rest.firstIndex(of: first) {
                if bytes[start...].starts(with: needle) { return true }
                rest = rest[(start + 1)...]
            }
            return false
        }
    }
}
