import OctobotModel
import SQLDatabase
import Testing

@testable import OctobotStore

@Suite("Rows of approval rules", .timeLimit(.minutes(1)))
struct ApprovalRuleTests {
    @Test("rules reach their turn, their session or the project, for as long as they are in force")
    func reach() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                for session in ["s", "u"] as [SessionID] { try transaction.addSession(.sample(session)) }
                try transaction.addTurn(.sample("t"))
                try transaction.addTurn(.sample("v", "u"))
                for rule in [
                    ApprovalRule.sample("project"), .sample("session", session: "s"),
                    .sample("turn", session: "s", turn: "t"), .sample("other", session: "u"),
                    .sample("brief", expiresAt: Timestamp(milliseconds: 2000)),
                ] {
                    try transaction.insertApprovalRule(rule, in: .local)
                }
            }
            func reaching(_ turn: TurnID, _ session: SessionID, at milliseconds: Int64) async throws -> [String] {
                try await store.read { reader in
                    let moment = Timestamp(milliseconds: milliseconds)
                    return try reader.approvalRules(for: turn, of: session, in: .local, at: moment)
                        .map(\.id.rawValue).sorted()
                }
            }
            #expect(try await reaching("t", "s", at: 1999) == ["brief", "project", "session", "turn"])
            #expect(try await reaching("t", "s", at: 2000) == ["project", "session", "turn"])
            #expect(try await reaching("v", "u", at: 2000) == ["other", "project"])
            _ = try await store.write { try $0.turnTransition("t", from: [.queued], to: .cancelled, reason: nil) }
            #expect(try await reaching("t", "s", at: 2000) == ["project", "session"])
            let listed = try await store.read {
                try $0.approvalRules(
                    in: .local,
                    reaching: "s",
                    at: Timestamp(milliseconds: 2000),
                    page: PageRequest()
                ).items.map(\.id)
            }
            #expect(listed == ["project", "session"])
            try await store.write { _ = try $0.prune(now: Timestamp(milliseconds: 2000)) }
            #expect(try await store.read { try $0.approvalRuleCount(in: .local) } == 3)
            #expect(try await store.write { try $0.deleteApprovalRule("other", in: "elsewhere") } == nil)
            #expect(try await store.write { try $0.deleteApprovalRule("other", in: .local) }?.sessionID == "u")
        }
    }

    @Test("the time of a state is that of its beginning, its cause is the last one")
    func since() async throws {
        try await withStore { store, _ in
            try await store.write { try $0.addSession(.sample("s", status: .running)) }
            func move(_ status: SessionStatus, _ text: String) async throws -> Session? {
                try await store.write { transaction in
                    _ = try transaction.transition(
                        session: "s",
                        from: [.running, .ready],
                        to: status,
                        error: nil,
                        cause: StateCause(.agent, text, turnID: "t")
                    )
                    return try transaction.session("s", in: nil)
                }
            }
            let first = try await move(.ready, "one")
            #expect(first?.since != .past)
            #expect(first?.cause == StateCause(.agent, "one", turnID: "t"))
            let second = try await move(.ready, "two")
            #expect(second?.since == first?.since)
            #expect(second?.cause.text == "two")
        }
    }

    @Test("usage is summed by model and by currency, and outlives its session")
    func usage() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                let used: [(TurnID, SessionID, String?, Int64, Cost?)] = [
                    ("1", "s", "a", 10, Cost(amount: 0.5, currency: "USD")),
                    ("2", "s", "a", 20, Cost(amount: 1, currency: "EUR")), ("3", "s", nil, 5, nil),
                    ("4", "u", "a", 100, Cost(amount: 0.25, currency: "USD")),
                ]
                for (turn, session, model, tokens, cost) in used {
                    let usage = TurnUsage(
                        turnID: turn,
                        sessionID: session,
                        model: model,
                        inputTokens: tokens,
                        outputTokens: 1,
                        context: ContextUse(used: tokens, size: 1000),
                        cost: cost
                    )
                    try transaction.insertUsage(usage, sessionCost: nil, in: .local, at: .past)
                }
            }
            let session = try await store.read { try $0.usage(in: .local, session: "s") }
            #expect(session.turns == 3)
            #expect(session.inputTokens == 35)
            #expect(session.outputTokens == 3)
            #expect(session.costs == [Cost(amount: 1, currency: "EUR"), Cost(amount: 0.5, currency: "USD")])
            #expect(session.models.map(\.model) == [nil, "a"])
            #expect(session.context == ContextUse(used: 5, size: 1000))
            try await store.write { try $0.deleteSession("s") }
            let project = try await store.read { try $0.usage(in: .local, session: nil) }
            #expect(project.turns == 4)
            #expect(project.inputTokens == 135)
            #expect(project.costs.last == Cost(amount: 0.75, currency: "USD"))
            #expect(project.context == nil)
            #expect(try await store.read { try $0.usage(in: "other", session: nil) }.turns == 0)
        }
    }
}
