import JSONText
import OctobotModel
import SQLDatabase
import Testing

@testable import OctobotStore

@Suite("sessions", .timeLimit(.minutes(1)))
struct SessionTests {
    @Test("a session comes back as it was stored, in its project only")
    func roundTrip() async throws {
        try await withStore { store, _ in
            var session = Session.sample("s")
            session.displayName = "Nice \u{0} name"
            session.model = "m"
            session.reasoning = .enabled
            session.permissionMode = .auto
            session.workspaceDirty = true
            session.isolationNotes = ["network=host"]
            let stored = session
            try await store.write { try $0.addSession(stored) }
            try await store.read { reader throws in
                #expect(try reader.session("s", in: .local) == stored)
                #expect(try reader.session("s", in: "other") == nil)
                #expect(try reader.secretNonce("s") == "nonce-s")
                #expect(try reader.isSessionIDTaken("s"))
                #expect(try !reader.isSessionIDTaken("t"))
                #expect(try !reader.hasTurns(session: "s"))
            }
        }
    }

    @Test(
        "its state moves only from a state that was named, and nothing leads out of removing",
        arguments: SessionStatus.allCases
    )
    func transitions(from current: SessionStatus) async throws {
        guard current != .removed else { return }
        try await withStore { store, _ in
            try await store.write { try $0.addSession(.sample("s", status: current)) }
            for target in SessionStatus.allCases where target != .removed {
                let all = Set(SessionStatus.allCases)
                let others = all.subtracting([current])
                #expect(
                    try await store.write { try $0.transition(session: "s", from: others, to: target, error: nil) }
                        == false
                )
                #expect(
                    try await store.write { try $0.transition(session: "s", from: [], to: target, error: nil) } == false
                )
                #expect(try await store.read { try $0.session("s", in: nil)?.status } == current)
                let moves = try await store.write { transaction in
                    let moves = try transaction.transition(session: "s", from: all, to: target, error: "why")
                    if moves {
                        #expect(try transaction.session("s", in: nil)?.status == target)
                        #expect(try transaction.session("s", in: nil)?.errorMessage == "why")
                        #expect(
                            try transaction.transition(session: "s", from: all, to: current, error: nil)
                                == (target != .removing)
                        )
                    }
                    return moves
                }
                #expect(moves == (current != .removing))
                if moves, target == .removing {
                    try await store.write {
                        try $0.deleteSession("s")
                        try $0.addSession(.sample("s", status: current))
                    }
                }
            }
        }
    }

    @Test("of two who move it at once one wins")
    func race() async throws {
        try await withStore { store, _ in
            try await store.write { try $0.addSession(.sample("s", status: .ready)) }
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await store.write {
                            try $0.transition(session: "s", from: [.ready], to: .running, error: nil)
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
        }
    }

    @Test("single columns change alone")
    func columns() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.setSessionName("s", to: "n")
                try transaction.setSessionDisplayName("s", to: "d")
                try transaction.setSessionModel("s", to: "m")
                try transaction.setSessionReasoning("s", to: .disabled)
                try transaction.setSessionIsolation("s", notes: ["a", "b"])
                try transaction.pinSession("s", path: "/p", commit: "c")
                try transaction.touchActivity("s", at: Timestamp(milliseconds: 5))
            }
            let session = try await store.read { try $0.session("s", in: .local) }
            #expect(session?.name == "n" && session?.displayName == "d" && session?.model == "m")
            #expect(session?.reasoning == .disabled && session?.isolationNotes == ["a", "b"])
            #expect(session?.workspacePath == "/p" && session?.workspaceCommit == "c")
            #expect(try await store.read { try $0.lastActivity("s") } == Timestamp(milliseconds: 5))
            #expect(session?.createdAt == .past)
            try await store.write { transaction in
                try transaction.noteActivity("s", at: Timestamp(milliseconds: 9))
                try transaction.noteActivity("s", at: Timestamp(milliseconds: 7))
            }
            #expect(try await store.read { try $0.lastActivity("s") } == Timestamp(milliseconds: 9))
            #expect(try await store.read { try $0.session("s", in: .local) }?.updatedAt == Timestamp(milliseconds: 5))
            try await store.write { try $0.setSessionDisplayName("s", to: nil) }
            #expect(try await store.read { try $0.session("s", in: .local)?.displayName } == nil)
        }
    }

    @Test("a commit's state moves only from where it may")
    func commitStates() async throws {
        try await withStore { store, _ in
            try await store.write { try $0.addSession(.sample("s")) }
            let none = try await store.write {
                try $0.setCommitState("s", from: [.pending, .committing], to: CommitState(status: .failed))
            }
            #expect(!none)
            #expect(try await store.write { try $0.setCommitState("s", from: nil, to: CommitState(status: .pending)) })
            #expect(
                try await store.write {
                    try $0.setCommitState("s", from: [.pending], to: CommitState(status: .committing, base: "b"))
                }
            )
            #expect(try await store.read { try $0.sessions(withCommitStatus: [.committing]).map(\.id) } == ["s"])
            let done = CommitState(status: .completed, outcome: .committed, applied: "a")
            #expect(try await store.write { try $0.setCommitState("s", from: [.committing], to: done) })
            var session = try await store.read { try $0.session("s", in: .local) }
            #expect(session?.commitStatus == .completed && session?.commitOutcome == .committed)
            #expect(session?.baseCommit == "b" && session?.appliedCommit == "a")
            #expect(try await store.write { try $0.setCommitState("s", from: [.completed], to: nil) })
            #expect(try await store.write { try $0.setCommitState("s", from: [.completed], to: nil) } == false)
            session = try await store.read { try $0.session("s", in: .local) }
            #expect(session?.commitStatus == nil && session?.appliedCommit == "a")
            #expect(try await store.write { try $0.setCommitState("s", from: nil, to: CommitState(status: .pending)) })
            session = try await store.read { try $0.session("s", in: .local) }
            #expect(session?.appliedCommit == nil && session?.baseCommit == nil && session?.commitOutcome == nil)
        }
    }

    @Test("a commit's intent is there until it is cleared, and goes with the session")
    func intent() async throws {
        try await withStore { store, _ in
            try await store.write {
                try $0.addSession(.sample("s"))
                try $0.saveCommitIntent(session: "s", json: Array("{\"a\":1}".utf8))
                try $0.saveCommitIntent(session: "s", json: Array("{\"a\":2}".utf8))
            }
            #expect(try await store.read { try $0.commitIntent(session: "s") } == Array("{\"a\":2}".utf8))
            try await store.write { try $0.deleteSession("s") }
            #expect(try await store.read { try $0.commitIntent(session: "s") } == nil)
        }
    }

    @Test("a kept session is out of sight, expires, and can be restored with everything in it")
    func kept() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                _ = try transaction.turnTransition("t", from: [.queued], to: .running, reason: nil)
                _ = try transaction.appendChunk(1, of: "t")
                try transaction.insertApproval(.sample("a"))
                try transaction.keepSession("s", until: Timestamp(milliseconds: 1000))
            }
            try await store.read { reader throws in
                #expect(try reader.session("s", in: .local) == nil)
                #expect(try reader.session("s", in: nil) == nil)
                #expect(try reader.sessions(in: .local, workspace: nil, page: PageRequest()).items == [])
                #expect(try reader.approvals(in: .local, session: nil, state: nil, page: PageRequest()).items == [])
                #expect(try reader.sessionsWithActiveTurns() == [])
                #expect(try reader.isSessionIDTaken("s"))
                #expect(try reader.keptSessions(in: .local).map(\.sessionID) == ["s"])
                #expect(try reader.keptSessions(in: "other") == [])
                #expect(try reader.keptProvider("s") == "local")
                #expect(try reader.keptWorkspace("s")?.id == "w")
                #expect(try reader.expiredKept(now: Timestamp(milliseconds: 999)) == [])
                #expect(try reader.expiredKept(now: Timestamp(milliseconds: 1000)).map(\.sessionID) == ["s"])
            }
            #expect(
                try await store.write {
                    try $0.transition(session: "s", from: Set(SessionStatus.allCases), to: .ready, error: nil)
                } == false
            )
            let restored = try await store.write { try $0.restoreKept("s") }
            #expect(restored?.status == .stopped && restored?.name == "Session s")
            #expect(try await store.write { try $0.restoreKept("s") } == nil)
            try await store.read { reader throws in
                #expect(try reader.turn("t")?.state == .cancelled)
                #expect(try reader.turn("t")?.cause == StateCause(.request, "The session was deleted."))
                #expect(try reader.approval("a", in: .local)?.state == .expired)
                #expect(try reader.turnChunks("t").count == 1)
                #expect(try reader.keptProvider("s") == nil)
            }
        }
    }

    @Test("a deleted session takes everything of its own with it")
    func deletion() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                _ = try transaction.appendChunk(1, of: "t")
                try transaction.insertMessage(["id": "m"], id: "m", session: "s", turn: "t", role: "user")
                try transaction.insertApproval(.sample("a"))
                try transaction.insertApprovalRule(.sample("r", session: "s"), in: .local)
                try transaction.deleteSession("s")
            }
            for table in ["session", "turn", "message", "chat_log", "approval", "approval_rule"] {
                let count = try await store.read {
                    try $0.connection.fetchOne("SELECT COUNT(*) FROM \(table)") { try $0[0] as Int }
                }
                #expect(count == 0, "\(table)")
            }
        }
    }
}
