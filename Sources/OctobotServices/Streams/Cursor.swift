import JSONText
package import OctobotModel

/// A position in one log, as `<stream>:<position>` (decision 43).
package struct Cursor: Sendable, Equatable, CustomStringConvertible {
    package var stream: String
    package var position: Int64

    package init(events project: ProjectID, position: Int64) {
        stream = "event.\(project)"
        self.position = position
    }

    package init(chat session: SessionID, position: Int64) {
        stream = "chat.\(session)"
        self.position = position
    }

    /// How much of a program's output was handed out; nobody can come back to it.
    init(exec session: SessionID, position: Int64) {
        stream = "exec.\(session)"
        self.position = position
    }

    /// How many events of a service's output were handed out; nobody can come back to it.
    init(service session: SessionID, position: Int64) {
        stream = "service.\(session)"
        self.position = position
    }

    package var description: String { "\(stream):\(position)" }

    /// The position `text` names in this cursor's stream, which ends at `head`.
    ///
    /// - Throws: `CursorInvalid` for anything unparsable, of another stream or beyond the head.
    package func position(in text: String, head: Int64) throws(Fault) -> Int64 {
        guard let colon = text.lastIndex(of: ":"), text[..<colon] == stream,
            let position = Int64(text[text.index(after: colon)...]), position >= 0, position <= head
        else {
            throw Fault(
                .cursorInvalid,
                "'\(text.prefix(200))' is no cursor of this stream.",
                details: ["head": .string("\(stream):\(head)")],
                hint: "Send back the last cursor this stream gave, or start from \"start\"."
            )
        }
        return position
    }
}
