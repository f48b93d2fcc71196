import JSONText
import OctobotModel
import OctobotStore

/// What an agent calls the conversation, in a chunk of a turn (acp.md §13).
enum SessionTitle {
    /// The title, on one line; `nil` for other chunks.
    static func text(_ chunk: [UInt8]) -> String? {
        guard chunk.contains("data-session-info"), let value = try? JSONValue(parsing: chunk),
            value["type"] == "data-session-info", let title = value["data"]?["title"]?.stringValue
        else { return nil }
        let line = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? nil : String(line.prefix(200))
    }
}

extension StoreTransaction {
    /// Gives a session the name its agent has for it, unless a person gave it one.
    func take(title: String, of session: SessionID, in turn: Turn, _ wakes: inout Wakes) throws {
        guard let known = try self.session(session, in: nil), known.displayName == nil, known.name != title else {
            return
        }
        // Named by nobody it is called after its first prompt, or nothing.
        let prompt = try message(turn.messageID, session: session)?["parts"]?.arrayValue ?? []
        let texts = prompt.compactMap { $0["text"]?.stringValue }
        let name = texts.first { !$0.allSatisfy(\.isWhitespace) }.map { $0.trimmingPrefix(while: \.isWhitespace) }
        guard known.name == SessionDraft.unnamed || name.map({ String($0.prefix(1000)) }) == known.name else { return }
        try setSessionName(session, to: title)
        try publish(session: session, &wakes)
    }
}
