import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Commit turns", .timeLimit(.minutes(3)))
struct CommitTurnTests {
    /// A session with something to commit, whose agent advertises the command.
    private func prepare(
        _ house: House,
        _ life: Life,
        commands: [String] = ["plan", "octobot-commit"]
    ) async throws
        -> (session: Session, agent: MockAgent)
    {
        let session = try await life.makeSession()
        try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
        let agent = house.mock.agent(of: session.id)
        agent.setCommands(commands)
        return (session, agent)
    }

    private func begin(_ session: Session, _ life: Life) async throws -> JobID {
        let queued = try await life.services.sessions.commit(CommitSession.Params(sessionID: session.id), life.call)
        return try #require(queued.jobID)
    }

    private func turns(of session: Session, _ life: Life) async throws -> [Turn] {
        try await life.store.read { try $0.activeTurns(in: session.id) }
    }

    @Test("an agent with the command gets one turn of it, which ends before its work is committed")
    func advertised() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = { prompt in
                prompt.text.hasPrefix("/octobot-commit ")
                    ? [.chunk(#"{"type":"start","messageId":"m"}"#), .wait(gate)] + MockStep.answer("done").dropFirst()
                    : MockStep.answer("plain")
            }
            try await house.live { life in
                let (session, agent) = try await prepare(house, life)
                let head = try await house.user.head()
                let job = try await begin(session, life)
                try await life.until("the turn runs") {
                    try await turns(of: session, life).first?.state == .running
                }
                let turn = try #require(try await turns(of: session, life).first)
                #expect(agent.prompts.map(\.text) == ["/octobot-commit \(head)"])
                #expect(turn.messageID == "\(session.id)-commit-\(job)")
                #expect(agent.commitsAsked.isEmpty)
                let during = try await life.session(session.id)
                #expect(during.commitStatus == .committing)
                #expect(during.status == .running)
                #expect(during.baseCommit == head)
                let refused = await fault { _ = try await life.send("me too", to: session.id) }
                #expect(refused?.reason == "session.committing")
                let again = await fault { _ = try await begin(session, life) }
                #expect(again?.reason == "session.committing")
                gate.open()
                _ = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
                let done = try await life.session(session.id)
                #expect(done.commitOutcome == .committed)
                #expect(done.commitStatus == .completed)
                #expect(done.status == .ready)
                #expect(agent.prompts.count == 1)
                #expect(agent.commitsAsked == [head])
                // Everybody who reads the conversation sees it.
                let messages = try await life.services.sessions.messages(
                    ListMessages.Params(sessionID: session.id),
                    life.call
                )
                #expect(messages.items.map(\.id) == [turn.messageID, "m"])
                #expect(try await life.chunks(of: turn.id, in: session.id).map(\.n) == Array(1...5))
                // The next commit has a job, and so a turn, of its own.
                try await house.prepareCommit(of: session, in: life) { try $0.write("b.txt", "c\n") }
                #expect(try await life.commit(session.id).commitOutcome == .committed)
                #expect(agent.prompts.count == 2)
            }
        }
    }

    @Test("an agent without the command is not prompted", arguments: [[], ["commit", "octobot-commits"]])
    func notAdvertised(commands: [String]) async throws {
        try await withHouse { house in
            try await house.live { life in
                let (session, agent) = try await prepare(house, life, commands: commands)
                #expect(try await life.commit(session.id).commitOutcome == .committed)
                #expect(agent.deliveries == 0)
                #expect(agent.commitsAsked.count == 1)
            }
        }
    }

    @Test("a turn that fails leaves the commit to what there is")
    func failed() async throws {
        try await withHouse { house in
            house.mock.script = { _ in
                [
                    .chunk(#"{"type":"start","messageId":"m"}"#), .chunk(#"{"type":"error","errorText":"no idea"}"#),
                    .chunk(#"{"type":"finish","finishReason":"error"}"#),
                ]
            }
            try await house.live { life in
                let (session, agent) = try await prepare(house, life)
                #expect(try await life.commit(session.id).commitOutcome == .committed)
                #expect(agent.prompts.count == 1)
            }
        }
    }

    @Test("a turn that moves the target's branch under itself is not repeated for the next try")
    func targetMoved() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = { _ in [.wait(gate)] + MockStep.answer("done") }
            try await house.live { life in
                let (session, agent) = try await prepare(house, life)
                let first = try await house.user.head()
                let job = try await begin(session, life)
                try await life.until("the turn runs") { !agent.prompts.isEmpty }
                try house.user.write("mine.txt", "mine\n")
                let second = try await house.user.commit("mine")
                gate.open()
                _ = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
                #expect(try await life.session(session.id).commitOutcome == .committed)
                #expect(agent.prompts.map(\.text) == ["/octobot-commit \(first)"])
                #expect(agent.commitsAsked.first == first)
                #expect(agent.commitsAsked.last == second)
            }
        }
    }

    @Test("cancelling the turn gives the commit up and says so")
    func cancelled() async throws {
        try await withHouse { house in
            house.mock.script = { prompt in
                prompt.text.hasPrefix("/") ? [.wait(MockGate())] : MockStep.answer("plain")
            }
            try await house.live { life in
                let (session, agent) = try await prepare(house, life)
                let head = try await house.user.head()
                let job = try await begin(session, life)
                try await life.until("the turn runs") {
                    try await turns(of: session, life).first?.state == .running
                }
                _ = try await life.services.chat.cancel(CancelChat.Params(sessionID: session.id), life.call)
                let ended = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
                #expect(ended.status == .failed)
                #expect(ended.reason == "turn.cancelled")
                let done = try await life.session(session.id)
                #expect(done.commitStatus == .failed)
                #expect(done.commitError?.contains("was cancelled") == true)
                #expect(agent.commitsAsked.isEmpty)
                #expect(try await house.user.head() == head)
                // The session goes on.
                let sent = try await life.send("hello", to: session.id)
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
            }
        }
    }

    @Test("a daemon that ends while the turn runs has it followed by the next one, not repeated")
    func restart() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = { _ in [.wait(gate)] + MockStep.answer("done") }
            let known = Box<Session>()
            try await house.live { life in
                let (session, agent) = try await prepare(house, life)
                known.value = session
                _ = try await begin(session, life)
                try await life.until("the turn runs") {
                    try await turns(of: session, life).first?.state == .running
                }
                #expect(agent.prompts.count == 1)
            }
            let session = try #require(known.value)
            try await house.live { life in
                #expect(try await life.session(session.id).commitStatus == .committing)
                let agent = house.mock.agent(of: session.id)
                // It is the turn that counts now, not what the agent says it can.
                agent.setCommands([])
                #expect(agent.commitsAsked.isEmpty)
                gate.open()
                try await life.until("the commit has ended") {
                    try await life.session(session.id).commitStatus == .completed
                }
                #expect(agent.prompts.count == 1)
                #expect(agent.commitsAsked.count == 1)
            }
        }
    }

    /// Moments at which a kill leaves the job claimed by a daemon that is gone.
    enum Moment: CaseIterable { case claimed, turnStored, turnSent, turnEnded }

    @Test("a killed daemon's commit has its turn once, whenever it died", arguments: Moment.allCases)
    func killed(moment: Moment) async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { known.value = try await prepare(house, $0).session }
            let session = try #require(known.value)
            let agent = house.mock.agent(of: session.id)
            let head = try await house.user.head()
            try await house.live(as: "dead", runsServices: false) { life in
                let id = try await begin(session, life)
                let turn = try await life.store.write { transaction -> Turn? in
                    let claimed = try transaction.claimJob(types: [.sessionCommit], instance: "dead", now: .now)
                    #expect(claimed?.id == id)
                    guard moment != .claimed else { return nil }
                    let state = CommitState(status: .committing, base: head)
                    _ = try transaction.setCommitState(session.id, from: [.pending], to: state)
                    var wakes = Wakes()
                    try transaction.enqueueCommitTurn(of: id, in: session.id, onto: head, &wakes)
                    try transaction.enqueueCommitTurn(of: id, in: session.id, onto: head, &wakes)
                    return try transaction.activeTurns(in: session.id).first
                }
                guard let turn, moment != .turnStored else { return }
                let message = try await life.store.read { try $0.message(turn.messageID, session: session.id) }
                try await agent.send(
                    turn: turn.id,
                    message: try #require(message),
                    model: nil,
                    reasoning: nil,
                    credentials: nil,
                    settings: nil,
                    identity: nil
                )
                try await life.store.write { transaction in
                    var wakes = Wakes()
                    _ = try transaction.turnTransition(turn.id, from: [.queued], to: .delivering, reason: nil)
                    guard moment == .turnEnded else { return }
                    _ = try transaction.endTurn(
                        turn,
                        .completed,
                        reason: nil,
                        cause: .unknown,
                        closing: [],
                        in: .local,
                        &wakes
                    )
                }
            }
            try await house.live { life in
                try await life.until("the commit has ended") {
                    try await life.session(session.id).commitStatus == .completed
                }
                #expect(agent.prompts.map(\.text) == ["/octobot-commit \(head)"])
                #expect(agent.commitsAsked == [head])
                #expect(try await life.session(session.id).commitOutcome == .committed)
            }
        }
    }
}
