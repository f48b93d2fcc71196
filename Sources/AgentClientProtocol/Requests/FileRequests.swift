package import JSONText

/// `fs/read_text_file` (acp.md §11.3).
package struct ReadTextFile: Sendable, Equatable {
    /// Absolute.
    package var path: String
    /// The first line wanted, from 1 on; 0 counts as 1.
    package var line: Int?
    /// How many lines.
    package var limit: Int?

    package init?(_ json: JSONValue) {
        guard let path = json["path"]?.stringValue else { return nil }
        self.path = path
        line = json["line"]?.integerValue.flatMap { Int(exactly: $0) }
        limit = json["limit"]?.integerValue.flatMap { Int(exactly: $0) }
    }
}

/// `fs/write_text_file`: the whole new content of a file, which is made where it is not there.
package struct WriteTextFile: Sendable, Equatable {
    /// Absolute.
    package var path: String
    package var content: String

    package init?(_ json: JSONValue) {
        guard let path = json["path"]?.stringValue, let content = json["content"]?.stringValue else { return nil }
        self.path = path
        self.content = content
    }
}
