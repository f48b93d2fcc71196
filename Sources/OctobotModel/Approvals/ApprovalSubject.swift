/// What a permission is asked for, in members that rules can be compared with (see ``ApprovalPattern``).
///
/// It is what the agent says it is about to do. The sandbox, not the rule, is the boundary (decision 26).
package struct ApprovalSubject: Sendable, Codable, Equatable {
    /// The agent's own name for its tool, such as `Bash`.
    package var tool: String
    /// The kind of tool call, such as `execute` or `edit` (acp.md §9.4).
    package var kind: String?
    /// The command line that would be run.
    package var command: String?
    /// The files it is about: beneath the workspace relative to it, others absolute.
    package var paths: [String]?
    /// The labels that allow it, the one that says it for this time only first.
    package var allow: [String]
    /// The labels that refuse it, likewise; may be empty, because any other text refuses too.
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
