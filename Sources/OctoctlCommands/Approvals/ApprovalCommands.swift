import ArgumentParser
import OctobotAPI
import OctobotModel

extension Approval.State: ExpressibleByArgument {}

/// `octoctl approval`.
struct ApprovalCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval",
        abstract: "What agents ask of people: permissions and questions.",
        subcommands: [ApprovalList.self, ApprovalGet.self, ApprovalAnswer.self, ApprovalRuleCommands.self]
    )
}

extension Approval: Tabular, Describable {
    static let columns = ["ID", "SESSION", "KIND", "STATE", "QUESTION"]
    var cells: [String] {
        let text = questions.map(\.question).joined(separator: " / ")
        return [id.rawValue, sessionID.rawValue, kind.rawValue, state.rawValue, text]
    }
    var fields: [Field] {
        var fields = [
            Field("id", id.rawValue), Field("session", sessionID.rawValue), Field("turn", turnID.rawValue),
            Field("kind", kind.rawValue), Field("state", state.rawValue),
        ]
        for question in questions {
            fields.append(Field("question", question.question))
            fields += question.options.enumerated().map { index, option in
                let words = [option.label, option.description].filter { !$0.isEmpty }
                return Field("  \(index + 1)", words.joined(separator: " — "))
            }
            fields.append(Field("answer", answers?[question.question]))
        }
        fields += [
            Field("tool", subject?.tool), Field("command", subject?.command),
            Field("files", subject?.paths?.joined(separator: ", ")), Field("answered by", answeredBy),
            Field("rule", ruleID?.rawValue), Field("answered", answeredAt?.short), Field("asked", createdAt.short),
        ]
        return fields.compactMap { $0 }
    }
}

/// `octoctl approval list`.
struct ApprovalList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what agents asked, oldest first."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only those of this session.")
    var session: String?

    @Option(help: "Only those in this state.")
    var state: Approval.State?

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { try await $0.approvals(session: session, state: state, page) }
    }
}

/// `octoctl approvals`.
struct Approvals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what waits for an answer.",
        discussion: """
            The same as 'approval list --state pending'. With --follow what comes is printed too, and what becomes of \
            it, until it is interrupted.
            """,
        subcommands: [ApprovalRuleCommands.self]
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only those of this session.")
    var session: String?

    @Flag(name: .shortAndLong, help: "Wait for what comes.")
    var follow = false

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            guard !follow else { return try await connected.followApprovals(of: session.map { SessionID($0) }) }
            try await connected.approvals(session: session, state: .pending, page)
        }
    }
}

extension Connected {
    /// Prints approvals.
    fileprivate func approvals(session: String?, state: Approval.State?, _ page: PageOptions) async throws {
        try await list(ListApprovals.self, page, nothing: "Nothing was asked.") { limit, cursor in
            ListApprovals.Params(
                projectID: project,
                sessionID: session.map { SessionID($0) },
                state: state,
                limit: limit,
                cursor: cursor
            )
        }
    }
}

/// `octoctl approval get`.
struct ApprovalGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what an agent asks, and the answer, once there is one."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var approval: String

    func run() async throws {
        try await global.connected { connected in
            let params = GetApproval.Params(projectID: connected.project, approvalID: ApprovalID(approval))
            try await connected.show(GetApproval.self, params)
        }
    }
}
