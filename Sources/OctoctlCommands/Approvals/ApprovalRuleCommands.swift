import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl approval rules`.
struct ApprovalRuleCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Rules that answer permissions in place of people.",
        subcommands: [ApprovalRuleList.self, ApprovalRuleCreate.self, ApprovalRuleDelete.self]
    )
}

extension ApprovalRule: Tabular, Describable {
    static let columns = ["ID", "SCOPE", "EFFECT", "TOOL", "PATTERN", "BY", "EXPIRES"]
    private var reach: String {
        switch scope {
        case .turn: "turn \(turnID?.rawValue ?? "")"
        case .session: "session \(sessionID?.rawValue ?? "")"
        case .project: "project"
        }
    }
    var cells: [String] {
        [id.rawValue, reach, effect.rawValue, tool, pattern ?? "", createdBy, expiresAt?.short ?? ""]
    }
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("scope", reach), Field("effect", effect.rawValue), Field("tool", tool),
            Field("pattern", pattern), Field("by", createdBy), Field("made", createdAt.short),
            Field("expires", expiresAt?.short),
        ].compactMap { $0 }
    }
}

/// `octoctl approval rules list`.
struct ApprovalRuleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the rules in force, oldest first."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only those that reach this session.")
    var session: String?

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListApprovalRules.self, page, nothing: "No rules.") { limit, cursor in
                ListApprovalRules.Params(
                    projectID: connected.project,
                    sessionID: session.map { SessionID($0) },
                    limit: limit,
                    cursor: cursor
                )
            }
        }
    }
}

extension ApprovalRule.Effect: ExpressibleByArgument {}

/// `octoctl approval rules create`.
struct ApprovalRuleCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a rule; what waits and fits is answered too.",
        discussion: """
            The pattern is compared with the command, or else with the files: * is any text, in a file's path any text \
            without / and as ** any folders; \\ takes the meaning from the next character. A command of several parts \
            (; & | and the like) is allowed only by a pattern without *, and denied also where a part of it fits. Of \
            the rules that fit, one that denies goes before those that allow.

              octoctl approval rules create allow Bash "make *" --session SESSION
              octoctl approval rules create deny Bash "git push*"
              octoctl approval rules create allow Edit "docs/**"
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "What it answers: allow or deny.")
    var effect: ApprovalRule.Effect

    @Argument(help: "The tool's name, as 'octoctl approval get' shows it, or '*' for every tool.")
    var tool: String

    @Argument(help: "What the command or the files have to fit; whatever the tool does when absent.")
    var pattern: String?

    @Option(help: "Only for this session.")
    var session: String?

    @Option(help: "Only for this turn, and until it ends.")
    var turn: String?

    @Option(help: ArgumentHelp("When it stops answering, such as 2026-01-02T03:04:05Z.", valueName: "time"))
    var expires: String?

    func run() async throws {
        let end = try expires.map { text in
            guard let time = Timestamp(text) else { throw Failure("'\(text)' is no time.", status: .usage) }
            return time
        }
        try await global.connected { connected in
            try await connected.show(
                CreateApprovalRule.self,
                CreateApprovalRule.Params(
                    projectID: connected.project,
                    sessionID: session.map { SessionID($0) },
                    turnID: turn.map { TurnID($0) },
                    effect: effect,
                    tool: tool,
                    pattern: pattern,
                    expiresAt: end
                )
            )
        }
    }
}

/// `octoctl approval rules delete`.
struct ApprovalRuleDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a rule.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var rule: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.perform(
                DeleteApprovalRule.self,
                DeleteApprovalRule.Params(projectID: connected.project, ruleID: ApprovalRuleID(rule)),
                done: "Deleted."
            )
        }
    }
}
