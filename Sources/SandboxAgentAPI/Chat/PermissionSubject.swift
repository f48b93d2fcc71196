/// What a permission is asked for, in members that a rule can be compared with.
package struct PermissionSubject: Sendable, Codable, Equatable {
    /// The agent's own name for its tool, else one after its kind.
    package var tool: String
    /// The kind of tool call (acp.md §9.4).
    package var kind: String?
    /// The command line that would be run.
    package var command: String?
    /// The files, or the addresses, it is about: files beneath the workspace relative to it, others absolute.
    package var paths: [String]?
    /// The labels that allow it, the one for this time only first.
    package var allow: [String]
    /// The labels that refuse it, likewise.
    package var deny: [String]

    package init(
        tool: String,
        kind: String? = nil,
        command: String? = nil,
        paths: [String]? = nil,
        allow: [String],
        deny: [String]
    ) {
        self.tool = tool
        self.kind = kind
        self.command = command
        self.paths = paths
        self.allow = allow
        self.deny = deny
    }
}
