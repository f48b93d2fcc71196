package import JSONText

/// What a client offers its agent in `initialize` (acp.md §4).
package struct ClientCapabilities: Sendable, Equatable {
    /// `fs/read_text_file`.
    package var readsFiles: Bool
    /// `fs/write_text_file`.
    package var writesFiles: Bool
    /// All of `terminal/*`.
    package var runsTerminals: Bool
    package var showsForms: Bool
    /// Shows addresses for a person to visit.
    package var showsURLs: Bool
    /// Takes options that are on or off.
    package var takesBooleanOptions: Bool

    package init(
        readsFiles: Bool = false,
        writesFiles: Bool = false,
        runsTerminals: Bool = false,
        showsForms: Bool = false,
        showsURLs: Bool = false,
        takesBooleanOptions: Bool = false
    ) {
        self.readsFiles = readsFiles
        self.writesFiles = writesFiles
        self.runsTerminals = runsTerminals
        self.showsForms = showsForms
        self.showsURLs = showsURLs
        self.takesBooleanOptions = takesBooleanOptions
    }

    package var json: JSONValue {
        var modes: [String: JSONValue] = [:]
        if showsForms { modes["form"] = [:] }
        if showsURLs { modes["url"] = [:] }
        var members: [String: JSONValue] = [
            "fs": ["readTextFile": .bool(readsFiles), "writeTextFile": .bool(writesFiles)],
            "terminal": .bool(runsTerminals),
        ]
        if !modes.isEmpty { members["elicitation"] = .object(modes) }
        if takesBooleanOptions { members["session"] = ["configOptions": ["boolean": [:]]] }
        return .object(members)
    }
}
