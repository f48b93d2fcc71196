import JSONText
import OctobotModel
import SQLDatabase
import Testing

@testable import OctobotStore

@Suite("turns, their log and approvals", .timeLimit(.minutes(1)))
struct TurnTests {
    @Test(
        "a turn's state moves only from a state that was named, and never out of an end",
        arguments: TurnState.allCases
    )
    func transitions(from current: TurnState) async throws {
        try await withStore { store, _ in
            for target in TurnState.allCases {
                try await store.write { transaction in
                    try transaction.addSession(.sample("s"))
                    try transaction.addTurn(.sample("t", state: current))
                    let all = Set(TurnState.allCases)
                    let others = all.subtracting([current])
                    #expect(try !transaction.turnTransition("t", from: others, to: target, reason: nil))
                    #expect(try transaction.turn("t")?.state == current)
                    let moves = try transaction.turnTransition("t", from: all, to: target, reason: "why")
                    #expect(moves == !current.isTerminal)
                    let turn = try transaction.turn("t")
                    #expect(turn?.state == (moves ? target : current))
                    #expect((turn?.endedAt != nil) == (turn?.state.isTerminal == true))
                    if moves, target == .running { #expect(turn?.startedAt != nil) }
                    try transaction.deleteSession("s")
                }
            }
        }
    }

    @Test("turns wait in the order they were asked for, and one at a time is with the agent")
    func queue() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                for id in ["t3", "t1", "t2"] { try transaction.addTurn(.sample(TurnID(id))) }
            }
            #expect(try await store.read { try $0.activeTurns(in: "s").map(\.id) } == ["t3", "t1", "t2"])
            #expect(try await store.read { try $0.nextTurn(in: "s")?.id } == "t3")
            _ = try await store.write { try $0.turnTransition("t3", from: [.queued], to: .delivering, reason: nil) }
            let error = await #expect(throws: SQLDatabaseError.self) {
                try await store.write { try $0.turnTransition("t1", from: [.queued], to: .delivering, reason: nil) }
            }
            #expect(error?.kind == .constraint)
            _ = try await store.write { try $0.turnTransition("t3", from: [.delivering], to: .failed, reason: "x") }
            #expect(try await store.read { try $0.nextTurn(in: "s")?.id } == "t1")
            #expect(try await store.read { try $0.sessionsWithActiveTurns() } == ["s"])
            #expect(try await store.read { try $0.hasTurns(session: "s") })
        }
    }

    @Test("a message begins one turn in its session")
    func messageIsSingle() async throws {
        try await withStore { store, _ in
            try await store.write {
                try $0.addSession(.sample("s"))
                try $0.addTurn(.sample("t"))
            }
            let stored = try await store.read { try $0.turn(message: "m-t", in: "s") }
            #expect(stored?.turn.id == "t" && stored?.contentHash == "hash-t" && stored?.promptPosition == 0)
            #expect(try await store.read { try $0.turn(message: "m-t", in: "other") } == nil)
            var second = Turn.sample("u")
            second.messageID = "m-t"
            let other = second
            await #expect(throws: SQLDatabaseError.self) { try await store.write { try $0.addTurn(other) } }
        }
    }

    @Test("a cancellation and the last chunk are remembered, and the last chunk never goes back")
    func marks() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                #expect(try transaction.lastChunk(of: "t") == 0)
                try transaction.setLastChunk("t", to: 5)
                try transaction.setLastChunk("t", to: 3)
                #expect(try transaction.lastChunk(of: "t") == 5)
                #expect(try !transaction.isCancelRequested("t"))
                try transaction.requestCancel("t")
                #expect(try transaction.isCancelRequested("t"))
            }
        }
    }

    @Test("log positions count up by one in each session, and a chunk is stored once")
    func positions() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                for session in ["s", "r"] {
                    try transaction.addSession(.sample(SessionID(session)))
                    try transaction.addTurn(.sample(TurnID("t" + session), SessionID(session)))
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in ["s", "r"] {
                    for n in (1...50) + Array(1...50) {
                        group.addTask {
                            _ = try await store.write {
                                try $0.appendChunk(n, of: TurnID("t" + session), in: SessionID(session))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await store.read { reader throws in
                for session in [SessionID("s"), "r"] {
                    let rows = try reader.chatPage(session: session, after: 0, limit: 500, maxBytes: 1 << 20)
                    #expect(rows.map(\.position) == (1...51).map { Int64($0) })
                    #expect(Set(rows.compactMap(\.n)) == Set(1...50))
                    #expect(try reader.chatHead(session: session) == 51)
                }
            }
            #expect(try await store.write { try $0.appendChunk(1, of: "ts") } == nil)
        }
    }

    @Test("a chunk comes back byte for byte, its own text and the item's")
    func payload() async throws {
        try await withStore { store, _ in
            let text = "{\"type\":\"text-delta\",\"delta\":\"Grüße 🐙 }}\"}"
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                _ = try transaction.appendChunk(2, of: "t", text: "{}")
                _ = try transaction.appendChunk(1, of: "t", text: text)
            }
            let rows = try await store.read { try $0.chatPage(session: "s", after: 0, limit: 10, maxBytes: 1 << 20) }
            #expect(rows.map(\.kind) == ["prompt", "chunk", "chunk"])
            #expect(rows[0].payload == nil && rows[0].n == nil)
            #expect(rows[2].payload == Array(text.utf8))
            #expect(rows[2].data == Array("{\"n\":1,\"chunk\":\(text)}".utf8))
            #expect(try await store.read { try $0.turnChunks("t") } == [Array(text.utf8), Array("{}".utf8)])
            await #expect(throws: SQLDatabaseError.self) {
                try await store.write {
                    try $0.appendChat(
                        session: "s",
                        kind: "chunk",
                        turn: "t",
                        n: 3,
                        data: Array("{}".utf8),
                        payload: Array("[]".utf8),
                        at: .past
                    )
                }
            }
        }
    }

    @Test("pages of the log end at the limit or with the item that fills them")
    func pages() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                for n in 1...9 {
                    _ = try transaction.appendChunk(n, of: "t", text: "\"" + String(repeating: "x", count: 1000) + "\"")
                }
            }
            try await store.read { reader throws in
                #expect(
                    try reader.chatPage(session: "s", after: 0, limit: 4, maxBytes: 1 << 20).map(\.position) == [
                        1, 2, 3, 4,
                    ]
                )
                #expect(
                    try reader.chatPage(session: "s", after: 4, limit: 500, maxBytes: 1500).map(\.position) == [5, 6]
                )
                #expect(try reader.chatPage(session: "s", after: 9, limit: 500, maxBytes: 1).map(\.position) == [10])
                #expect(try reader.chatPage(session: "s", after: 10, limit: 500, maxBytes: 1).isEmpty)
            }
        }
    }

    @Test("a position tells its turn")
    func turnOfPosition() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                for id in ["t1", "t2"] {
                    try transaction.addTurn(.sample(TurnID(id)))
                    _ = try transaction.appendChunk(1, of: TurnID(id))
                }
            }
            try await store.read { reader throws in
                #expect(
                    try (0...5).map { try reader.turnOfChat(session: "s", at: $0) } == [
                        "t1", "t1", "t1", "t2", "t2", nil,
                    ]
                )
                #expect(try reader.turnStartPosition("t1") == 0)
                #expect(try reader.turnStartPosition("t2") == 2)
                #expect(try reader.turnStartPosition("gone") == nil)
            }
        }
    }

    @Test("the first answer wins, and only open approvals can be answered or expire")
    func approvals() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                try transaction.insertApproval(.sample("a"))
                try transaction.insertApproval(
                    .sample("b", at: Timestamp(milliseconds: Timestamp.past.milliseconds - 1))
                )
            }
            #expect(try await store.read { try $0.approval("a", in: .local) } == .sample("a"))
            #expect(try await store.read { try $0.approval("a", in: "other") } == nil)
            #expect(try await store.read { try $0.oldestPendingApproval(session: "s")?.id } == "b")
            let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await store.write {
                            try $0.answerApproval("a", answers: ["Which?": "A"], by: "p\(number)", at: .past)
                        } ? "p\(number)" : nil
                    }
                }
                return try await group.reduce(into: [String]()) { if let winner = $1 { $0.append(winner) } }
            }
            #expect(winners.count == 1)
            let answered = try await store.read { try $0.approval("a", in: .local) }
            #expect(
                answered?.answeredBy == winners.first && answered?.answers == ["Which?": "A"]
                    && answered?.answeredAt == .past
            )
            #expect(try await store.read { try $0.undeliveredApprovals(session: "s").map(\.id) } == ["a"])
            try await store.write { try $0.markDelivered("a") }
            #expect(try await store.read { try $0.undeliveredApprovals(session: "s") } == [])
            #expect(try await store.write { try $0.expireApproval("a") } == nil)
            #expect(try await store.write { try $0.expireApproval("b")?.state } == .expired)
            #expect(try await store.write { try $0.answerApproval("b", answers: [:], by: "late", at: .past) } == false)
        }
    }

    @Test("a turn's end expires what is open and stops what is not delivered")
    func expiry() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                try transaction.addTurn(.sample("u"))
                for id in ["c", "a", "b"] { try transaction.insertApproval(.sample(ApprovalID(id))) }
                try transaction.insertApproval(.sample("other", turn: "u"))
                _ = try transaction.answerApproval("b", answers: [:], by: "p", at: .past)
            }
            #expect(try await store.write { try $0.expireApprovals(turn: "t").map(\.id) } == ["a", "c"])
            #expect(try await store.write { try $0.expireApprovals(turn: "t") } == [])
            #expect(try await store.read { try $0.undeliveredApprovals(session: "s") } == [])
            #expect(try await store.read { try $0.approval("b", in: .local)?.state } == .answered)
            let pending = try await store.read {
                try $0.approvals(in: .local, session: "s", state: .pending, page: PageRequest()).items
            }
            #expect(pending.map(\.id) == ["other"])
        }
    }

    @Test("an agent cannot take over another's question")
    func takenID() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                try transaction.addSession(.sample("r"))
                try transaction.addTurn(.sample("u", "r"))
                try transaction.insertApproval(.sample("a"))
                try transaction.insertApproval(.sample("a", session: "r", turn: "u"))
            }
            #expect(try await store.read { try $0.approval("a", in: .local)?.sessionID } == "s")
        }
    }
}
