import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl approval answer`.
struct ApprovalAnswer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer what an agent asks.",
        discussion: """
            One answer for each question, in their order: the number or the name of an option, several of them with \
            commas where that is allowed, or, for a question, your own words. Without answers you are asked at the \
            terminal. The first answer counts, whoever gives it.

              octoctl approval answer APPROVAL 1
              octoctl approval answer APPROVAL "Left, then straight on"
              octoctl approval answer APPROVAL --deny
              octoctl approval answer APPROVAL --approve --for session --pattern "make *"
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id; 'octoctl approvals' shows it.")
    var approval: String

    @Argument(help: "The answers.")
    var answers: [String] = []

    @OptionGroup var decision: DecisionOptions

    @Option(name: .customLong("for"), help: "Whether it answers the like of it from now on, and where.")
    var scope: AnswerApproval.Scope?

    @Option(help: "With --for: what the like of it is. (default: this very command or file)")
    var pattern: String?

    func validate() throws {
        if pattern != nil, scope == nil || scope == .once { throw ValidationError("--pattern goes with --for.") }
        if decision.decision != nil, !answers.isEmpty { throw ValidationError("Give answers, --approve or --deny.") }
    }

    func run() async throws {
        try await global.connected { connected in
            let id = ApprovalID(approval)
            let get = GetApproval.Params(projectID: connected.project, approvalID: id)
            let approval = try await connected.client.call(GetApproval.self, get)
            let given = try decided(approval) ?? Self.ask(approval, on: connected.console)
            let params = AnswerApproval.Params(
                projectID: connected.project,
                approvalID: id,
                answers: given,
                scope: scope,
                pattern: pattern
            )
            try await connected.show(AnswerApproval.self, params)
        }
    }

    /// What the command line says; `nil` when the person is to be asked.
    ///
    /// - Throws: ``Failure`` for answers that do not fit the questions.
    func decided(_ approval: Approval) throws -> [String: String]? {
        switch decision.decision {
        case .deny?: return ApprovalChoice.refusing(approval)
        case .approve?:
            guard let answers = ApprovalChoice.allowing(approval) else {
                throw Failure(
                    "That is not a permission with an option that allows; answer it with words.",
                    hint: "octoctl approval get \(approval.id)",
                    status: .usage
                )
            }
            return answers
        case nil: break
        }
        // What was decided already is refused by the daemon, which also says by whom.
        guard !answers.isEmpty || approval.state != .pending else { return nil }
        return try Self.answers(answers, to: approval)
    }

    private static func answers(_ texts: [String], to approval: Approval) throws -> [String: String] {
        guard approval.state == .pending else { return [:] }
        guard texts.count == approval.questions.count else {
            throw Failure("There are \(approval.questions.count) questions and \(texts.count) answers.", status: .usage)
        }
        var answers: [String: String] = [:]
        for (text, question) in zip(texts, approval.questions) {
            let isPermission = approval.kind == .permission
            guard let answer = ApprovalChoice.answer(text, to: question, isPermission: isPermission) else {
                let options = question.options.map(\.label).joined(separator: ", ")
                throw Failure("'\(text)' is none of the options: \(options).", status: .usage)
            }
            answers[question.question] = answer
        }
        return answers
    }

    private static func ask(_ approval: Approval, on console: Console) throws -> [String: String] {
        guard console.isInteractive else {
            throw Failure("There is no terminal to ask at; give the answers.", status: .usage)
        }
        var dialogue = ApprovalDialogue(.ask)
        var effects = dialogue.handle(.asked(approval))
        while true {
            for effect in effects {
                switch effect {
                case .say(let text, let style): console.note(text, style)
                case .prompt(let text): console.prompt(text)
                case .answer(_, let answers): return answers
                }
            }
            guard let line = readLine() else { throw Failure("Not answered.", status: .cancelled) }
            effects = dialogue.handle(.line(line))
        }
    }
}

extension AnswerApproval.Scope: ExpressibleByArgument {}

/// How approvals are decided without asking.
struct DecisionOptions: ParsableArguments {
    enum Decision: EnumerableFlag {
        case approve, deny

        static func help(for value: Decision) -> ArgumentHelp? {
            switch value {
            case .approve: "Allow what the agent asks permission for."
            case .deny: "Refuse what the agent asks permission for, and decline its questions."
            }
        }
    }

    @Flag var decision: Decision?
}
