import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotServices
import OctobotTestSupport
import Testing

@Suite("Turns", .timeLimit(.minutes(3)))
struct TurnTests {
    /// A script that starts, waits for the gate and ends.
    private static func held(by gate: MockGate) -> MockAgent.Script {
        { prompt in
            [.chunk(#"{"type":"start","messageId":"m-\#(prompt.text)"}"#), .wait(gate)]
                + MockStep.answer(prompt.text).dropFirst()
        }
    }

    @Test("prompts wait in line, first in first out; `reject` is refused while one runs")
    func queue() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                var sent: [SentPrompt] = []
                for text in ["one", "two", "three"] { sent.append(try await life.send(text, to: session.id)) }
                #expect(sent.map(\.position) == [0, 1, 2])
                let busy = await fault { _ = try await life.send("four", to: session.id, mode: .reject) }
                #expect(busy?.kind == .invalidState)
                #expect(busy?.reason == "session.busy")
                let committing = await fault {
                    _ = try await life.services.sessions.commit(CommitSession.Params(sessionID: session.id), life.call)
                }
                #expect(committing?.reason == "session.busy")
                let stopping = await fault {
                    _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                }
                #expect(stopping?.kind == .invalidState)
                gate.open()
                for prompt in sent {
                    #expect(try await life.ended(prompt.turnID, in: session.id).state == .completed)
                }
                #expect(house.mock.agent(of: session.id).prompts.map(\.text) == ["one", "two", "three"])
            }
        }
    }

    @Test("cancelling ends the named turn, else the running one; the others go on")
    func cancel() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("one", to: session.id)
                let second = try await life.send("two", to: session.id)
                let third = try await life.send("three", to: session.id)
                try await life.until("the first turn runs") {
                    try await life.services.chat.status(ChatStatus.Params(sessionID: session.id), life.call).running?
                        .state
                        == .running
                }
                let cancelled = try await life.services.chat.cancel(
                    CancelChat.Params(sessionID: session.id, turnID: second.turnID),
                    life.call
                )
                #expect(cancelled.state == .cancelled)
                _ = try await life.services.chat.cancel(CancelChat.Params(sessionID: session.id), life.call)
                #expect(try await life.ended(first.turnID, in: session.id).state == .cancelled)
                gate.open()
                #expect(try await life.ended(third.turnID, in: session.id).state == .completed)
                #expect(house.mock.agent(of: session.id).prompts.map(\.text) == ["one", "three"])
                let over = await fault {
                    _ = try await life.services.chat.cancel(CancelChat.Params(sessionID: session.id), life.call)
                }
                #expect(over?.reason == "session.idle")
                let last = try await life.chunks(of: second.turnID, in: session.id).last
                #expect(last?.chunk["type"] == "abort" || last?.chunk["type"] == "finish")
            }
        }
    }

    @Test("the same message id three times, a restart between: the agent sees it once; other content is refused")
    func exactlyOnce() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            let first = Box<(SessionID, SentPrompt)>()
            try await house.live { life in
                let session = try await life.makeSession()
                let one = try await life.send("once", to: session.id, id: "m-1")
                let two = try await life.send("once", to: session.id, id: "m-1")
                #expect(one.turnID == two.turnID)
                #expect(one.cursor == two.cursor)
                let other = await fault { _ = try await life.send("other", to: session.id, id: "m-1") }
                #expect(other?.kind == .idempotencyConflict)
                try await life.until("the turn runs") {
                    try await life.services.chat.status(ChatStatus.Params(sessionID: session.id), life.call).running?
                        .state
                        == .running
                }
                first.value = (session.id, one)
            }
            let (session, sent) = try #require(first.value)
            try await house.live { life in
                let three = try await life.send("once", to: session, id: "m-1")
                #expect(three.turnID == sent.turnID)
                gate.open()
                #expect(try await life.ended(sent.turnID, in: session).state == .completed)
                let chunks = try await life.chunks(of: sent.turnID, in: session)
                #expect(chunks.map(\.n) == Array(1...5))
                #expect(house.mock.agent(of: session).prompts.count == 1)
            }
        }
    }

    @Test("an agent that cannot be reached for a while costs nothing: reading goes on at the next chunk")
    func reconnects() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("x", to: session.id)
                try await life.until("the turn runs") {
                    try await life.services.chat.status(ChatStatus.Params(sessionID: session.id), life.call).running?
                        .state
                        == .running
                }
                let agent = house.mock.agent(of: session.id)
                agent.isReachable = false
                gate.open()
                agent.isReachable = true
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                #expect(try await life.chunks(of: sent.turnID, in: session.id).map(\.n) == Array(1...5))
            }
        }
    }

    @Test("a turn the sandbox no longer knows ends `unknown`, with chunks that close it, and the session works on")
    func unknown() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = Self.held(by: gate)
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("x", to: session.id)
                try await life.until("the turn runs") {
                    try await life.services.chat.status(ChatStatus.Params(sessionID: session.id), life.call).running?
                        .state
                        == .running
                }
                house.mock.agent(of: session.id).forgetTurns()
                #expect(try await life.ended(sent.turnID, in: session.id).state == .unknown)
                let types = try await life.chunks(of: sent.turnID, in: session.id).map { $0.chunk["type"]?.stringValue }
                #expect(types.suffix(2) == ["error", "finish"])
                gate.open()
                let next = try await life.send("y", to: session.id)
                #expect(try await life.ended(next.turnID, in: session.id).state == .completed)
            }
        }
    }

    @Test("a turn stored to its last chunk is completed even when the sandbox has forgotten it by then")
    func forgottenWhenComplete() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = { _ in
                [
                    .chunk(#"{"type":"start","messageId":"a"}"#), .chunk(#"{"type":"start-step"}"#),
                    .chunk(#"{"type":"finish-step"}"#), .chunk(#"{"type":"finish","finishReason":"stop"}"#),
                    .wait(gate),
                ]
            }
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("x", to: session.id)
                // Stored to the last of four.
                for try await item in life.items(of: session.id) where item["n"] == 4 { break }
                house.mock.agent(of: session.id).forgetTurns()
                #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                #expect(try await life.chunks(of: sent.turnID, in: session.id).count == 4)
                gate.open()
            }
        }
    }

    @Test("a sandbox that cannot start fails the first turn and says why; the next one tries again")
    func failedStart() async throws {
        try await withHouse { house in
            house.mock.fail(
                .start,
                with: .unavailable(
                    component: "bubblewrap",
                    message: "bubblewrap is missing.",
                    hint: "apt install bubblewrap"
                )
            )
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let params = SendChat.Params(
                    sessionID: "chosen-1",
                    text: "/hello there",
                    create: .init(workspaceID: workspace.id)
                )
                let sent = try await life.services.chat.send(params, life.call)
                let end = try await life.ended(sent.turnID, in: "chosen-1")
                #expect(end.state == .failed)
                #expect(end.reason?.contains("bubblewrap is missing.") == true)
                #expect(try await life.session("chosen-1").status == .error)
                house.mock.fail(.start, with: nil)
                let next = try await life.send("again", to: "chosen-1")
                #expect(try await life.ended(next.turnID, in: "chosen-1").state == .completed)
                let session = try await life.session("chosen-1")
                #expect(session.name == "/hello there")
                let missing = await fault { _ = try await life.send("x", to: "nobody") }
                #expect(missing?.kind == .notFound)
            }
        }
    }
}
