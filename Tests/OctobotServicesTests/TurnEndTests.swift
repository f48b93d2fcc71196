import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SQLDatabase
import Testing

@testable import OctobotServices
@testable import OctobotStore

@Suite("Ends that do not come by themselves", .timeLimit(.minutes(3)))
struct TurnEndTests {
    private static func held(by gate: MockGate) -> MockAgent.Script {
        { prompt in
            [.chunk(#"{"type":"start","messageId":"m-\#(prompt.text)"}"#), .wait(gate)]
                + MockStep.answer(prompt.text).dropFirst()
        }
    }

    private func running(_ life: Life, _ session: SessionID) async throws {
        try await life.until("the turn runs") {
            try await life.services.chat.status(ChatStatus.Params(sessionID: session), life.call).running?.state
                == .running
        }
    }

    @Test("a forced stop ends the running turn and leaves the sandbox down")
    func forcedStop() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("one", to: session.id)
                let second = try await life.send("two", to: session.id)
                try await running(life, session.id)
                let stopped = try await life.services.sessions.stop(
                    StopSession.Params(sessionID: session.id, force: true),
                    life.call
                )
                #expect(stopped.status == .stopped)
                #expect(try await life.ended(first.turnID, in: session.id).state == .cancelled)
                #expect(try await life.ended(second.turnID, in: session.id).state == .cancelled)
                #expect(try await house.mock.sandbox(session.id)?.status == .stopped)
                #expect(try await life.store.read { try $0.activeTurns(in: session.id) }.isEmpty)
                gate.open()
            }
        }
    }

    @Test("a stop is honoured before the sandbox has come up")
    func stopWhileStarting() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let workspace = try await life.services.workspaces.create(
                    CreateWorkspace.Params(path: house.user.path),
                    life.call
                )
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: workspace.id),
                    life.call
                )
                #expect(session.status == .initializing)
                let stopped = try await life.services.sessions.stop(
                    StopSession.Params(sessionID: session.id),
                    life.call
                )
                #expect(stopped.status == .stopped)
                let active = try await life.store.read {
                    try $0.activeJob(type: .sessionInit, resourceID: session.id.rawValue)
                }
                #expect(active == nil)
            }
        }
    }

    @Test("a cancelled turn whose sandbox cannot come up again ends without another start")
    func cancelledWhileDown() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            let left = Box<(SessionID, SentPrompt)>()
            try await house.live { life in
                let session = try await life.makeSession()
                left.value = (session.id, try await life.send("one", to: session.id))
                try await running(life, session.id)
            }
            let (session, sent) = try #require(left.value)
            house.mock.end(session, as: .stopped)
            try await house.live(runsServices: false) { life in
                _ = try await life.services.chat.cancel(CancelChat.Params(sessionID: session), life.call)
            }
            try await house.live { life in
                let end = try await life.ended(sent.turnID, in: session)
                #expect(end.state == .cancelled)
                #expect(try await house.mock.sandbox(session)?.status == .stopped)
                gate.open()
            }
        }
    }

    @Test("a sandbox that is started again under its turn leaves the session running")
    func restartedUnderTurn() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("one", to: session.id)
                try await running(life, session.id)
                house.mock.end(session.id, as: .failed, error: "gone")
                try await life.until("the session runs again") {
                    guard try await house.mock.sandbox(session.id)?.status == .running else { return false }
                    return try await life.session(session.id).status == .running
                }
                gate.open()
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                #expect(try await life.session(session.id).status == .ready)
            }
        }
    }

    @Test("an agent that is still busy with a turn that has ended does not block the next one")
    func leftBehind() async throws {
        try await withHouse { house in
            let gate = MockGate()
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("one", to: session.id)
                #expect(try await life.ended(first.turnID, in: session.id).state == .completed)
                let agent = house.mock.agent(of: session.id)
                agent.forgetTurns()
                agent.follow { _ in [.wait(gate)] }
                try await agent.send(
                    turn: first.turnID,
                    message: [:],
                    model: nil,
                    reasoning: nil,
                    credentials: nil,
                    settings: nil,
                    identity: nil
                )
                agent.follow { MockStep.answer($0.text) }
                let second = try await life.send("two", to: session.id)
                // The agent notices a cancellation when its step is over.
                gate.open()
                #expect(try await life.ended(second.turnID, in: session.id).state == .completed)
            }
        }
    }

    @Test("an answer the agent refuses opens the question again; the next answer is taken")
    func refusedAnswer() async throws {
        try await withHouse { house in
            let question = Question(
                question: "Which?",
                header: "",
                options: [Question.Option(label: "Red", description: "")],
                multiSelect: false
            )
            house.mock.script = { _ in
                [
                    .chunk(#"{"type":"start","messageId":"a"}"#),
                    .chunk(#"{"type":"tool-approval-request","approvalId":"ap-1","toolCallId":"t1"}"#),
                    .ask("ap-1", AgentQuestion(questions: [question], isPermission: true)),
                    .chunk(#"{"type":"finish","finishReason":"stop"}"#),
                ]
            }
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = house.mock.agent(of: session.id)
                agent.fail(.answer, with: .refused(status: 400, code: "bad", message: "no"))
                let sent = try await life.send("x", to: session.id)
                var states: [String] = []
                let answer = AnswerApproval.Params(approvalID: "ap-1", option: "Red")
                for try await item in life.items(of: session.id) {
                    if item["kind"] == "approval", let state = item["approval"]?["state"]?.stringValue {
                        states.append(state)
                        if states.count == 3 { agent.fail(.answer, with: nil) }
                        if state == "pending" { _ = try await life.services.approvals.answer(answer, life.call) }
                    }
                    if item["kind"] == "turn", item["state"] == "completed" { break }
                }
                #expect(states == ["pending", "answered", "pending", "answered"])
                #expect(agent.answers["ap-1"] == ["Which?": "Red"])
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
            }
        }
    }

    @Test(
        "an agent that answers, but never with the turn, fails it and says why",
        arguments: [
            SandboxAgentError.unauthorized, .invalidAnswer("chunk 9 follows chunk 1"),
            .refused(status: 410, code: "gone", message: "gone for good"),
        ]
    )
    func permanent(_ error: SandboxAgentError) async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                house.mock.agent(of: session.id).fail(.chunks, with: error)
                let sent = try await life.send("x", to: session.id)
                let end = try await life.ended(sent.turnID, in: session.id)
                #expect(end.state == .failed)
                #expect(end.reason == error.fault(doing: "reading the turn").message)
                house.mock.agent(of: session.id).fail(.chunks, with: nil)
                let next = try await life.send("y", to: session.id)
                #expect(try await life.ended(next.turnID, in: session.id).state == .completed)
            }
        }
    }

    @Test("a turn cancelled while the agent cannot be reached ends all the same")
    func unreachable() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("x", to: session.id)
                try await running(life, session.id)
                house.mock.agent(of: session.id).isReachable = false
                _ = try await life.services.chat.cancel(CancelChat.Params(sessionID: session.id), life.call)
                #expect(try await life.ended(sent.turnID, in: session.id).state == .cancelled)
                gate.open()
            }
        }
    }

    @Test("a store that fails for a while stops neither the claiming of jobs nor the recording of their ends")
    func failingStore() async throws {
        try await withHouse { house in
            try await house.live { life in
                for status in ["running", "completed"] {
                    try await life.store.write { transaction in
                        try transaction.connection.executeScript(
                            """
                            CREATE TRIGGER broken BEFORE UPDATE ON job WHEN NEW.status = '\(status)'
                            BEGIN SELECT RAISE(ABORT, 'broken'); END;
                            """
                        )
                    }
                    let workspace = try await life.services.workspaces.create(
                        CreateWorkspace.Params(path: house.user.path),
                        life.call
                    )
                    let active = try await life.store.read {
                        try $0.activeJob(type: .workspaceInit, resourceID: workspace.id.rawValue)
                    }
                    let job = try #require(active)
                    if status == "completed" {
                        try await life.until("the job's work is done") {
                            try await life.workspace(workspace.id).status == .ready
                        }
                    }
                    let early = try await life.services.jobs.wait(
                        WaitJob.Params(jobID: job.id, timeoutMs: 100),
                        life.call
                    )
                    #expect(early.status == (status == "running" ? .pending : .running))
                    try await life.store.write { try $0.connection.executeScript("DROP TRIGGER broken;") }
                    let late = try await life.services.jobs.wait(WaitJob.Params(jobID: job.id), life.call)
                    #expect(late.status == .completed)
                    _ = try await life.services.workspaces.delete(
                        DeleteWorkspace.Params(workspaceID: workspace.id),
                        life.call
                    )
                }
            }
        }
    }
}
