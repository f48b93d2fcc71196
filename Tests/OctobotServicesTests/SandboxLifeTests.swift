import Foundation
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("The life of sandboxes", .timeLimit(.minutes(3)))
struct SandboxLifeTests {
    private static let hidden = SandboxError.unavailable(component: "engine", message: "The engine is down.", hint: "")

    private func jobs(_ type: JobType, of session: SessionID, in life: Life) async throws -> [Job] {
        try await life.services.jobs.list(ListJobs.Params(), life.call).items
            .filter { $0.type == type && $0.resourceID == session.rawValue }
    }

    private func diff(_ session: SessionID, in life: Life) async throws {
        _ = try await life.services.sessions.diff(DiffSession.Params(sessionID: session), life.call)
    }

    /// Returns once a fact holds that no event tells of.
    private func fact(_ holds: () async throws -> Bool) async throws {
        while try await !holds() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    // MARK: Starting

    @Test("fifty callers of a stopped session make one start")
    func singleFlight() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                let before = house.mock.calls(.start)
                let gate = MockGate()
                house.mock.hold(.start, at: gate)
                house.mock.agent(of: session.id).setDiff(
                    #"{"files":[],"stats":{"filesChanged":0,"additions":0,"deletions":0}}"#
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 { group.addTask { try await diff(session.id, in: life) } }
                    try await fact { house.mock.calls(.start) == before + 1 }
                    gate.open()
                    try await group.waitForAll()
                }
                #expect(house.mock.calls(.start) == before + 1)
                #expect(try await jobs(.sessionInit, of: session.id, in: life).count == 2)
            }
        }
    }

    @Test("an update may stop and start the sandbox, and names the session besides")
    func statusByUpdate() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let stopped = try await life.services.sessions.update(
                    UpdateSession.Params(sessionID: session.id, name: "Rows", status: .stopped),
                    life.call
                )
                #expect(stopped.status == .stopped && stopped.name == "Rows")
                let before = house.mock.calls(.start)
                let started = try await life.services.sessions.update(
                    UpdateSession.Params(sessionID: session.id, status: .ready),
                    life.call
                )
                #expect(started.status == .reinitializing)
                try await fact { try await life.session(session.id).status == .ready }
                #expect(house.mock.calls(.start) == before + 1)
            }
        }
    }

    @Test("ids of sessions that differ in the case of letters only are one id too many")
    func foldedID() async throws {
        try await withHouse { house in
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                for (id, isRefused) in [("AbC", false), ("aBc", true), ("abcd", false)] {
                    let refusal = await fault {
                        _ = try await life.services.sessions.create(
                            CreateSession.Params(workspaceID: workspace.id, id: SessionID(id), start: false),
                            life.call
                        )
                    }
                    #expect((refusal?.kind == .alreadyExists) == isRefused, "\(id)")
                }
            }
        }
    }

    @Test("a session that is deleted while its sandbox starts is gone when it has started")
    func deletedWhileStarting() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.hold(.start, at: gate)
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: workspace.id),
                    life.call
                )
                try await fact { house.mock.calls(.start) == 1 }
                let deleted = try await life.services.sessions.delete(
                    DeleteSession.Params(sessionID: session.id),
                    life.call
                )
                #expect(deleted.status == .removing)
                gate.open()
                let job = try #require(deleted.jobID)
                let ended = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
                #expect(ended.status == .completed)
                #expect(await fault { _ = try await life.session(session.id) }?.kind == .notFound)
                #expect(try await house.mock.list().isEmpty)
            }
        }
    }

    @Test("a stop makes a start that hangs give up, and the next start works")
    func stoppedWhileStarting() async throws {
        try await withHouse { house in
            house.mock.hold(.start, at: MockGate())
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: workspace.id),
                    life.call
                )
                try await fact { house.mock.calls(.start) == 1 }
                let stopped = try await life.services.sessions.stop(
                    StopSession.Params(sessionID: session.id),
                    life.call
                )
                #expect(stopped.status == .stopped)
                #expect(try await jobs(.sessionInit, of: session.id, in: life).map(\.status) == [.cancelled])
                house.mock.hold(.start, at: nil)
                _ = try await life.services.sessions.start(StartSession.Params(sessionID: session.id), life.call)
                try await life.until("the session is ready") { try await life.session(session.id).status == .ready }
            }
        }
    }

    @Test("a sandbox of another image is made anew around its data at its next start, not before")
    func outdated() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { life in
                let session = try await life.makeSession()
                known.value = session
                house.mock.outdate(session.id)
                try await diff(session.id, in: life)
                #expect(house.mock.calls(.create) == 1)
            }
            let session = try #require(known.value)
            try await house.live { life in
                try await life.until("it is seen") { try await life.session(session.id).status == .ready }
                #expect(house.mock.calls(.remove) == 0)
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                try await diff(session.id, in: life)
                #expect(house.mock.calls(.create) == 2)
                #expect(house.mock.calls(.remove) == 1)
                #expect(try await house.mock.sandbox(session.id)?.isOutdated == false)
            }
        }
    }

    // MARK: Idleness

    @Test("a sandbox nobody uses is stopped after the time, and comes back when it is wanted")
    func idle() async throws {
        try await withHouse { house in
            try await house.live(idleTimeout: .milliseconds(300)) { life in
                let session = try await life.makeSession()
                try await life.until("it is stopped") { try await life.session(session.id).status == .stopped }
                #expect(try await house.mock.sandbox(session.id)?.status == .stopped)
                let sent = try await life.send("hello", to: session.id)
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                try await life.until("it is stopped") { try await life.session(session.id).status == .stopped }
            }
        }
    }

    enum Occupation: CaseIterable { case turn, question, terminal, use }

    @Test("one in use is not stopped, however long it takes", arguments: Occupation.allCases)
    func busy(occupation: Occupation) async throws {
        try await withHouse { house in
            let gate = MockGate()
            let question = AgentQuestion(
                questions: [.init(question: "Go?", header: "Permission", options: [], multiSelect: false)],
                isPermission: true
            )
            house.mock.script = { _ in
                switch occupation {
                case .question: [.ask("q", question)]
                case .turn, .terminal, .use: [.wait(gate)]
                }
            }
            let timeout = Duration.milliseconds(100)
            try await house.live(idleTimeout: .seconds(3600)) { life in
                let session = try await life.makeSession()
                var use: SandboxActivity.Use?
                switch occupation {
                case .turn, .question:
                    let sent = try await life.send("work", to: session.id)
                    try await life.until("the turn runs") {
                        try await life.store.read { try $0.turn(sent.turnID)?.state } == .running
                    }
                case .terminal:
                    _ = try await house.mock.agent(of: session.id)
                        .openTerminal(OpenTerminal(id: "t", rows: 24, columns: 80))
                case .use: use = life.services.sandboxActivity.begin(session.id)
                }
                let monitor = life.services.sandboxes
                let later = Timestamp.now.advanced(by: timeout)
                #expect(try await !monitor.stopIdle(session.id, unusedSince: later))
                #expect(try await house.mock.sandbox(session.id)?.status == .running)
                switch occupation {
                case .turn, .question:
                    let cancelled = try await life.services.chat.cancel(
                        CancelChat.Params(sessionID: session.id),
                        life.call
                    )
                    _ = try await life.ended(cancelled.id, in: session.id)
                case .terminal: try await house.mock.agent(of: session.id).closeTerminal("t")
                case .use: use?.end()
                }
                // Used a moment ago.
                let past = Timestamp.now.advanced(by: .seconds(-60))
                #expect(try await !monitor.stopIdle(session.id, unusedSince: past))
                #expect(try await monitor.stopIdle(session.id, unusedSince: Timestamp.now.advanced(by: .seconds(60))))
                #expect(try await life.session(session.id).status == .stopped)
            }
        }
    }

    @Test("who wants a sandbox while it is being stopped gets one that runs")
    func wantedWhileStopping() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let gate = MockGate()
                house.mock.hold(.stop, at: gate)
                async let stop = life.services.sandboxes.stopIdle(
                    session.id,
                    unusedSince: Timestamp.now.advanced(by: .seconds(60))
                )
                try await fact { house.mock.calls(.stop) == 1 }
                async let wanted: Void = diff(session.id, in: life)
                await Task.yield()
                gate.open()
                #expect(try await stop)
                try await wanted
                #expect(try await house.mock.sandbox(session.id)?.status == .running)
                #expect(try await life.session(session.id).status == .ready)
            }
        }
    }

    @Test("the time of the last use outlives the daemon, and is written rarely")
    func stamps() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            let stamp = Box<Timestamp>()
            try await house.live { life in
                let session = try await life.makeSession()
                known.value = session
                let activity = life.services.sandboxActivity
                let begin = Timestamp.now
                activity.touch(session.id)
                try await fact { try #require(try await life.store.read { try $0.lastActivity(session.id) }) >= begin }
                let first = try await life.store.read { try $0.lastActivity(session.id) }
                for _ in 0..<10_000 { activity.touch(session.id) }
                try await diff(session.id, in: life)
                #expect(try await life.store.read { try $0.lastActivity(session.id) } == first)
                stamp.value = first
            }
            let session = try #require(known.value)
            try await house.live(runsServices: false) { life in
                let last = try #require(try await life.store.read { try $0.lastActivity(session.id) })
                #expect(last >= (try #require(stamp.value)))
                #expect(try await life.session(session.id).updatedAt == session.updatedAt)
            }
        }
    }

    // MARK: Behind our back

    @Test(
        "what happens to a sandbox behind our back shows in its session, with the cause",
        arguments: [
            (SandboxStatus.failed, SessionStatus.error), (.stopped, .stopped), (.removed, .stopped),
        ]
    )
    func ends(status: SandboxStatus, expected: SessionStatus) async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                house.mock.end(session.id, as: status, error: "out of memory\nlast line")
                try await life.until("it shows") { try await life.session(session.id).status == expected }
                let message = try await life.session(session.id).errorMessage
                let removed = "The sandbox was removed, though not by octobotd."
                #expect(message == (status == .removed ? removed : "out of memory\nlast line"))
                try await diff(session.id, in: life)
                #expect(try await life.session(session.id).status == .ready)
            }
        }
    }

    @Test("a stopped session whose sandbox is started by somebody else is ready")
    func startedOutside() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                try await house.mock.start(session.id)
                try await life.until("it shows") { try await life.session(session.id).status == .ready }
                #expect(try await jobs(.sessionInit, of: session.id, in: life).count == 1)
            }
        }
    }

    @Test("while a provider is out of sight states stay; when it is back they are put right")
    func outOfSight() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                house.mock.fail(.look, with: Self.hidden)
                house.mock.end(session.id, as: .failed, error: "killed")
                house.mock.loseWatchers()
                let refused = await fault { try await diff(session.id, in: life) }
                #expect(refused?.kind == .unavailable)
                #expect(refused?.message == "The engine is down.")
                #expect(try await life.session(session.id).status == .ready)
                house.mock.fail(.look, with: nil)
                try await life.until("it shows") { try await life.session(session.id).status == .error }
                // Followed again.
                try await diff(session.id, in: life)
                house.mock.end(session.id, as: .stopped)
                try await life.until("it shows") { try await life.session(session.id).status == .stopped }
            }
        }
    }

    @Test("a turn outlasts its provider's absence")
    func turnOutOfSight() async throws {
        try await throughATurn { house, session in
            house.mock.fail(.look, with: Self.hidden)
            house.mock.agent(of: session).isReachable = false
            house.mock.agent(of: session).isReachable = true
            house.mock.fail(.look, with: nil)
        }
    }

    @Test("a provider that is out of sight at one look and there at the next ends no turn")
    func turnInAndOutOfSight() async throws {
        try await throughATurn { house, session in
            let slipped = house.mock.slip(.look, after: 1, with: Self.hidden)
            house.mock.agent(of: session).isReachable = false
            await slipped.wait()
            house.mock.agent(of: session).isReachable = true
        }
    }

    /// A turn that runs completes, whatever `meanwhile` does.
    private func throughATurn(_ meanwhile: @escaping @Sendable (House, SessionID) async throws -> Void) async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = { _ in [.wait(gate)] + MockStep.answer("done") }
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("work", to: session.id)
                try await life.until("the turn runs") {
                    try await life.store.read { try $0.turn(sent.turnID)?.state } == .running
                }
                try await meanwhile(house, session.id)
                gate.open()
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
            }
        }
    }

    // MARK: Starting up

    @Test("a provider that is down at the start neither holds it up nor stops its sessions")
    func downAtStart() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { known.value = try await $0.makeSession() }
            let session = try #require(known.value)
            house.mock.fail(.look, with: Self.hidden)
            try await house.live { life in
                #expect(try await life.session(session.id).status == .ready)
                house.mock.end(session.id, as: .stopped)
                house.mock.fail(.look, with: nil)
                try await life.until("it shows") { try await life.session(session.id).status == .stopped }
            }
        }
    }

    @Test("a removal that gave up while its provider was away is done when it is back")
    func removedWhileAway() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                house.mock.fail(.look, with: Self.hidden)
                house.mock.loseWatchers()
                let delete = DeleteSession.Params(sessionID: session.id)
                let job = try #require(try await life.services.sessions.delete(delete, life.call).jobID)
                let ended = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
                #expect(ended.status == .failed)
                house.mock.fail(.look, with: nil)
                try await life.until("it is gone") {
                    await fault { _ = try await life.session(session.id) }?.kind == .notFound
                }
            }
        }
    }

    @Test("a removal that was cut short is finished by the next start")
    func removing() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { known.value = try await $0.makeSession() }
            let session = try #require(known.value)
            try await house.live(runsServices: false) { life in
                _ = try await life.services.sessions.delete(DeleteSession.Params(sessionID: session.id), life.call)
            }
            try await house.live { life in
                try await life.until("it is gone") {
                    await fault { _ = try await life.session(session.id) }?.kind == .notFound
                }
                #expect(try await house.mock.list().isEmpty)
            }
        }
    }

    @Test("sandboxes without a session are removed if they are provably ours, and their data is kept")
    func orphans() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            let ours = Box<String>()
            try await house.live { life in
                known.value = try await life.makeSession()
                ours.value = life.store.installation
            }
            let session = try #require(known.value)
            try await house.mock.create(Self.spec("lost", session))
            for installation in [nil, "another"] {
                house.mock.installation = installation
                try await house.live { life in
                    house.mock.end(session.id, as: .stopped)
                    try await life.until("it was looked") {
                        try await life.session(session.id).status == .stopped
                    }
                    try await diff(session.id, in: life)
                }
                #expect(house.mock.calls(.remove) == 0)
                #expect(try await house.mock.list().map(\.sessionID).contains("lost"))
            }
            house.mock.installation = ours.value
            try await house.live { life in
                try await fact { try await !house.mock.list().map(\.sessionID).contains("lost") }
                #expect(try await house.mock.list().map(\.sessionID) == [session.id])
                #expect(try await house.mock.sandbox("lost") != nil)
                let later = Timestamp.now.advanced(by: .seconds(14 * 24 * 3600 + 60))
                let expired = try await life.store.read { try $0.expiredOrphans(now: later) }
                #expect(expired.map(\.id) == ["lost"])
                #expect(try await life.store.read { try $0.expiredOrphans(now: .now) }.isEmpty)
            }
        }
    }

    private static func spec(_ id: SessionID, _ session: Session) -> SandboxSpec {
        SandboxSpec(
            sessionID: id,
            workspaceID: session.workspaceID,
            projectID: session.projectID,
            mirrorPath: nil,
            source: nil,
            commit: nil,
            agentType: "demo",
            agentCommand: nil,
            permissionMode: "ask",
            secretHash: "x"
        )
    }
}
