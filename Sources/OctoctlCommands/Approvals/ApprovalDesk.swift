import OctobotAPI
import OctobotClient
import OctobotModel

/// Carries out an ``ApprovalDialogue``: speaks on standard error, reads the terminal, answers the daemon.
struct ApprovalDesk: Sendable {
    let client: OctobotClient
    let project: ProjectID?
    let console: Console
    let policy: ApprovalDialogue.Policy
    /// Where to hand in what happened to approvals; the terminal's lines come there too.
    let inbox: AsyncStream<ApprovalDialogue.Event>.Continuation
    private let events: AsyncStream<ApprovalDialogue.Event>

    init(_ connected: Connected, policy: ApprovalDialogue.Policy) {
        client = connected.client
        project = connected.project
        console = connected.console
        self.policy = policy
        (events, inbox) = AsyncStream.makeStream()
    }

    /// Tells the desk what the chat log says about an approval.
    func note(_ approval: Approval) {
        inbox.yield(approval.state == .pending ? .asked(approval) : .settled(approval.id))
    }

    /// Works until ``inbox`` is finished or the task is cancelled.
    func run() async throws {
        var dialogue = ApprovalDialogue(policy)
        var terminal: TerminalLines?
        for await event in events {
            for effect in dialogue.handle(event) {
                switch effect {
                case .say(let text, let style): console.note(text, style)
                case .prompt(let text):
                    let lines = terminal ?? TerminalLines(inbox)
                    terminal = lines
                    lines.discardTyped()
                    console.prompt(text)
                case .answer(let id, let answers): try await answer(id, answers)
                }
            }
        }
    }

    /// The first answer counts; whoever comes later is told who was first.
    private func answer(_ id: ApprovalID, _ answers: [String: String]) async throws {
        let params = AnswerApproval.Params(projectID: project, approvalID: id, answers: answers)
        let options = CallOptions(idempotencyKey: "octoctl-\(Identifier<Approval>.random())")
        do {
            try await repeated { _ = try await client.call(AnswerApproval.self, params, options) }
        } catch let refusal as Refusal {
            let failure = Failure(refusal)
            for line in failure?.lines ?? [] { console.note(line.text, line.style) }
        }
    }

    private func repeated(_ body: () async throws -> Void) async throws {
        var attempts = 1
        while true {
            do {
                return try await body()
            } catch ClientError.disconnected where attempts < 5 {
                attempts += 1
            }
        }
    }
}
