import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotServices
import OctobotTestSupport
import Testing

@Suite("The main job", .timeLimit(.minutes(3)))
struct MainJobTests {
    @Test("a repository, a session, a prompt, its answer in the log, and commits back")
    func wholeWay() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                #expect(session.workspaceCommit == (try await house.user.head()))
                let spec = try #require(house.mock.spec(of: session.id))
                #expect(spec.commit == session.workspaceCommit)
                #expect(spec.agentType == "demo")

                let sent = try await life.send("hello", to: session.id)
                #expect(sent.position == 0)
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                let chunks = try await life.chunks(of: sent.turnID, in: session.id)
                #expect(chunks.map(\.n) == Array(1...5))
                #expect(chunks.first?.chunk["type"] == "start")
                #expect(chunks.last?.chunk["type"] == "finish")
                let messages = try await life.services.sessions.messages(
                    ListMessages.Params(sessionID: session.id),
                    life.call
                )
                #expect(messages.items.map(\.role) == ["user", "assistant"])
                #expect(messages.items.last?.parts.first?["text"] == "mock: hello")
                #expect(try await life.session(session.id).status == .ready)

                try await house.prepareCommit(of: session, in: life) { try $0.write("plan.txt", "forty-two\n") }
                #expect(!house.user.exists("plan.txt"))
                let committed = try await life.commit(session.id, message: "A plan")
                #expect(committed.commitStatus == .completed)
                #expect(committed.commitOutcome == .committed)
                #expect(committed.appliedCommit == (try await house.user.head()))
                #expect(try house.user.read("plan.txt") == "forty-two\n")
                #expect(try await house.user.git("log", "--format=%s") == "work\nfirst")
                #expect(try await house.user.status() == "")
                #expect(house.mock.agent(of: session.id).bases == [try await house.user.head()])

                house.mock.agent(of: session.id).setCommit(.success(AgentCommit(head: "", commitCount: 0)))
                let again = try await life.commit(session.id)
                #expect(again.commitOutcome == .nothingToCommit)
                #expect(again.commitStatus == .failed)
            }
        }
    }

    @Test("two callers answer one approval at once: one wins, the other is told who")
    func approvals() async throws {
        try await withHouse { house in
            let question = Question(
                question: "Run it?",
                header: "Permission",
                options: [.init(label: "Allow", description: ""), .init(label: "Deny", description: "")],
                multiSelect: false
            )
            house.mock.script = { _ in
                [
                    .chunk(#"{"type":"start","messageId":"m"}"#),
                    .chunk(
                        #"{"type":"tool-input-start","toolCallId":"t1","toolName":"AskUserQuestion","dynamic":true}"#
                    ),
                    .chunk(#"{"type":"tool-approval-request","approvalId":"ap-1","toolCallId":"t1"}"#),
                    .ask("ap-1", AgentQuestion(questions: [question], isPermission: true)),
                    .chunk(#"{"type":"finish","finishReason":"stop"}"#),
                ]
            }
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("/permission", to: session.id)
                try await life.until("the approval is there") {
                    try await !life.services.approvals.list(ListApprovals.Params(sessionID: session.id), life.call)
                        .items.isEmpty
                }
                let wrong = await fault {
                    _ = try await life.services.approvals.answer(
                        AnswerApproval.Params(approvalID: "ap-1", option: "Maybe"),
                        life.call
                    )
                }
                #expect(wrong?.kind == .invalidParams)
                let outcomes = await withTaskGroup(of: (String, Fault?).self) { group in
                    for (name, option) in [("ann", "Allow"), ("bob", "Deny")] {
                        group.addTask {
                            let lost = await fault {
                                _ = try await life.services.approvals.answer(
                                    AnswerApproval.Params(approvalID: "ap-1", option: option),
                                    life.call(as: name)
                                )
                            }
                            return (name, lost)
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                let winners = outcomes.filter { $0.1 == nil }
                #expect(winners.count == 1)
                let loss = try #require(outcomes.compactMap(\.1).first)
                #expect(loss.kind == .invalidState)
                #expect(loss.details["answeredBy"]?.stringValue == winners.first?.0)
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                let answer = winners.first?.0 == "ann" ? "Allow" : "Deny"
                #expect(house.mock.agent(of: session.id).answers["ap-1"] == ["Run it?": answer])
                let unknown = await fault {
                    _ = try await life.services.approvals.answer(
                        AnswerApproval.Params(approvalID: "nope", option: "Allow"),
                        life.call
                    )
                }
                #expect(unknown?.kind == .notFound)
            }
        }
    }
}

extension House {
    /// Makes the mock agent of a session offer one commit with what `change` does, as octobot-agent would.
    func prepareCommit(
        of session: Session,
        in life: Life,
        change: (TestRepository) throws -> Void
    ) async throws {
        let clone = folder + "/clone-" + UUID().uuidString
        try await user.git("clone", "--quiet", "--no-hardlinks", user.path, clone)
        let work = TestRepository(existing: clone)
        let base = try await work.head()
        try change(work)
        let head = try await work.commit("work")
        let (mailbox, count) = try await work.mailbox(since: base)
        let agent = mock.agent(of: session.id)
        agent.setCommit(.success(AgentCommit(head: head, commitCount: count)))
        agent.setCommits(.success(AgentCommits(patches: mailbox, commitCount: count)))
    }
}
