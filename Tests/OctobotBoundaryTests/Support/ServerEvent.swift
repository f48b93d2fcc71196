import JSONText

/// One frame of an event stream, as far as the tests look at it.
struct ServerEvent: Equatable, Sendable {
    /// Its cursor; empty without one.
    var id = ""
    var event = ""
    var workspace: String?
    /// Of an `error` frame.
    var code: String?

    /// Puts frames together from the lines of a chunked answer; the sizes of the chunks are none of a frame's fields.
    struct Reader {
        private var frame = ServerEvent()

        /// The frame this line ends, if it does.
        mutating func take(_ line: [UInt8]) -> ServerEvent? {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("id: ") { frame.id = String(text.dropFirst(4)) }
            if text.hasPrefix("event: ") { frame.event = String(text.dropFirst(7)) }
            guard text.hasPrefix("data: ") else { return nil }
            defer { frame = ServerEvent() }
            let data = try? JSONValue(parsing: Array(text.utf8.dropFirst(6)))
            frame.workspace = data?["data"]?["workspaceId"]?.stringValue
            frame.code = data?["code"]?.stringValue
            return frame
        }
    }
}
