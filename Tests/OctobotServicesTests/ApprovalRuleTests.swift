import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import SQLDatabase
import Testing

@testable import OctobotServices
@testable import OctobotStore

@Suite("Approvals answered by rules", .timeLimit(.minutes(3)))
struct ApprovalRuleTests {
    /// What the mock's agent asks: leave to run the prompt's text, under the prompt's text as id.
    private static let script: MockAgent.Script = { prompt in
        let question = Question(
            question: "Run it?",
            header: "Permission",
            options: [.init(label: "Allow", description: ""), .init(label: "Reject", description: "")],
            multiSelect: false
        )
        let subject = ApprovalSubject(
            tool: "Bash",
            kind: "execute",
            command: prompt.text,
            allow: ["Allow"],
            deny: ["Reject"]
        )
        let id = "ap-\(prompt.turn)"
        return [
            .chunk(#"{"type":"start","messageId":"m-\#(prompt.turn)"}"#),
            .chunk(
                #"{"type":"tool-input-start","toolCallId":"ask-\#(id)","toolName":"AskUserQuestion","dynamic":true}"#
            ),
            .chunk(#"{"type":"tool-approval-request","approvalId":"\#(id)","toolCallId":"ask-\#(id)"}"#),
            .ask(id, AgentQuestion(questions: [question], isPermission: true, subject: subject)),
            .chunk(#"{"type":"finish","finishReason":"stop"}"#),
        ]
    }

    private static func pending(_ life: Life, _ session: SessionID) async throws -> Approval {
        try await life.until("the approval is there") {
            try await !list(life, session, .pending).isEmpty
        }
        return try #require(try await list(life, session, .pending).first)
    }

    private static func list(
        _ life: Life,
        _ session: SessionID,
        _ state: Approval.State
    ) async throws -> [Approval] {
        try await life.services.approvals.list(ListApprovals.Params(sessionID: session, state: state), life.call).items
    }

    @Test("an answer for the session answers the like of it from then on, once and with one event")
    func session() async throws {
        try await withHouse { house in
            house.mock.script = Self.script
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("make test", to: session.id)
                let asked = try await Self.pending(life, session.id)
                #expect(asked.subject?.command == "make test")
                let answered = try await life.services.approvals.answer(
                    AnswerApproval.Params(
                        approvalID: asked.id,
                        option: "Allow",
                        scope: .session,
                        pattern: "make *"
                    ),
                    life.call(as: "ann")
                )
                #expect(answered.answeredBy == "ann")
                #expect(answered.ruleID == nil)
                #expect(try await life.ended(first.turnID, in: session.id).state == .completed)
                let rules = try await life.services.approvalRules.list(ListApprovalRules.Params(), life.call).items
                let rule = try #require(rules.first)
                #expect(rules.count == 1)
                #expect(rule.pattern == "make *")
                #expect(rule.scope == .session)
                #expect(rule.createdBy == "ann")

                let second = try await life.send("make all", to: session.id)
                #expect(try await life.ended(second.turnID, in: session.id).state == .completed)
                let other = try #require(
                    try await Self.list(life, session.id, .answered).first { $0.turnID == second.turnID }
                )
                #expect(other.ruleID == rule.id)
                #expect(other.answeredBy == "ann")
                #expect(other.answers == ["Run it?": "Allow"])
                #expect(house.mock.agent(of: session.id).answers[other.id.rawValue] == ["Run it?": "Allow"])
                let events = try await life.store.read { reader in
                    try reader.connection.fetch("SELECT content FROM event WHERE type = 'approval_updated'") {
                        try $0[0] as String
                    }
                }
                #expect(events.count { $0.contains(other.id.rawValue) } == 1)

                let third = try await life.send("make all; rm -r .", to: session.id)
                let compound = try await Self.pending(life, session.id)
                #expect(compound.turnID == third.turnID)
                _ = try await life.services.approvalRules.create(
                    CreateApprovalRule.Params(effect: .deny, tool: "*", pattern: "rm *"),
                    life.call(as: "bob")
                )
                #expect(try await life.ended(third.turnID, in: session.id).state == .completed)
                let refused = try await life.services.approvals.get(
                    GetApproval.Params(approvalID: compound.id),
                    life.call
                )
                #expect(refused.answers == ["Run it?": "Reject"])
                #expect(refused.answeredBy == "bob")
            }
        }
    }

    @Test("a rule for a turn ends with it, and a deleted one answers no more")
    func turn() async throws {
        try await withHouse { house in
            house.mock.script = Self.script
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("make", to: session.id)
                let asked = try await Self.pending(life, session.id)
                _ = try await life.services.approvals.answer(
                    AnswerApproval.Params(approvalID: asked.id, option: "Allow", scope: .turn),
                    life.call
                )
                #expect(try await life.ended(first.turnID, in: session.id).state == .completed)
                #expect(
                    try await life.services.approvalRules.list(ListApprovalRules.Params(), life.call).items.isEmpty
                )
                let rule = try await life.services.approvalRules.create(
                    CreateApprovalRule.Params(sessionID: session.id, effect: .allow, tool: "Bash"),
                    life.call
                )
                _ = try await life.services.approvalRules.delete(
                    DeleteApprovalRule.Params(ruleID: rule.id),
                    life.call
                )
                let second = try await life.send("make", to: session.id)
                let again = try await Self.pending(life, session.id)
                #expect(again.turnID == second.turnID)
                let late = await fault {
                    _ = try await life.services.approvalRules.create(
                        CreateApprovalRule.Params(turnID: first.turnID, effect: .allow, tool: "Bash"),
                        life.call
                    )
                }
                #expect(late?.reason == "turn.ended")
                let gone = await fault {
                    _ = try await life.services.approvalRules.delete(
                        DeleteApprovalRule.Params(ruleID: rule.id),
                        life.call
                    )
                }
                #expect(gone?.kind == .notFound)
            }
        }
    }

    @Test("no rule is made that would not have answered what was asked, nor of an answer that decides nothing")
    func refusedRules() async throws {
        try await withHouse { house in
            house.mock.script = Self.script
            try await house.live { life in
                let session = try await life.makeSession()
                _ = try await life.send("make test", to: session.id)
                let asked = try await Self.pending(life, session.id)
                func answer(
                    _ text: String,
                    _ scope: AnswerApproval.Scope?,
                    _ pattern: String? = nil
                ) async -> String? {
                    await fault {
                        _ = try await life.services.approvals.answer(
                            AnswerApproval.Params(
                                approvalID: asked.id,
                                answers: ["Run it?": text],
                                scope: scope,
                                pattern: pattern
                            ),
                            life.call
                        )
                    }?.details["pointer"]?.stringValue
                }
                #expect(await answer("Allow", .session, "git *") == "/pattern")
                #expect(await answer("Allow", .session, "make \\") == "/pattern")
                #expect(await answer("Allow", .once, "make *") == "/pattern")
                #expect(await answer("Rather not", .project) == "/scope")
                #expect(try await Self.pending(life, session.id).id == asked.id)
                #expect(
                    try await life.services.approvalRules.list(ListApprovalRules.Params(), life.call).items.isEmpty
                )
            }
        }
    }

    @Test("states tell since when and what made them so; a turn's use is summed")
    func evidenceAndUsage() async throws {
        try await withHouse { house in
            house.mock.script = { prompt in
                let told =
                    prompt.text == "acp"
                    ? #"{"used":50,"size":100,"cost":{"amount":0.5,"currency":"USD"}}"#
                    : #"{"inputTokens":7,"outputTokens":3,"cachedTokens":2,"cost":{"amount":0.25,"currency":"USD"}}"#
                return [
                    .chunk(#"{"type":"start","messageId":"m-\#(prompt.turn)"}"#),
                    .chunk(#"{"type":"message-metadata","messageMetadata":{"usage":\#(told)}}"#),
                    .chunk(#"{"type":"finish","finishReason":"stop"}"#),
                ]
            }
            try await house.live { life in
                let session = try await life.makeSession()
                #expect(session.cause.kind == .job)
                #expect(session.cause.jobID != nil)
                #expect(session.since >= session.createdAt)
                for text in ["acp", "acp", "driver"] {
                    let sent = try await life.send(text, to: session.id)
                    #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                    let turn = try await life.store.read { try $0.turn(sent.turnID) }
                    #expect(turn?.cause == StateCause(.agent, "The agent ended its answer."))
                    #expect(turn?.since == turn?.endedAt)
                }
                let ready = try await life.session(session.id)
                #expect(ready.cause.kind == .agent)
                #expect(ready.cause.turnID != nil)
                let usage = try await life.services.usage.get(GetUsage.Params(sessionID: session.id), life.call)
                #expect(usage.turns == 3)
                #expect(usage.inputTokens == 7)
                #expect(usage.cachedTokens == 2)
                // The second ACP turn told the same sum for the session, so it cost nothing.
                #expect(usage.costs == [Cost(amount: 0.75, currency: "USD")])
                #expect(usage.context == ContextUse(used: 50, size: 100))
                let unknown = await fault {
                    _ = try await life.services.usage.get(GetUsage.Params(sessionID: "nope"), life.call)
                }
                #expect(unknown?.kind == .notFound)
            }
        }
    }

    @Test(
        "numbers out of reason are not believed",
        arguments: [
            #"{"inputTokens":-1}"#, #"{"used":1e300}"#, #"{"cost":{"amount":-1,"currency":"USD"}}"#,
            #"{"cost":{"amount":1,"currency":"dollars"}}"#, #"{}"#, #""x""#,
        ]
    )
    func absurd(usage: String) throws {
        let message = try JSONValue(parsing: Array(#"{"metadata":{"usage":\#(usage)}}"#.utf8))
        #expect(ToldUsage(message) == nil)
    }
}
