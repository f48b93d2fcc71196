import JSONText
import OctobotModel
import Testing

@testable import OctobotSandbox

@Suite("The mock provider", .timeLimit(.minutes(1)))
struct MockProviderTests {
    private static let message: JSONValue = ["role": "user", "parts": [["type": "text", "text": "hi"]]]

    @Test("it answers a prompt once, however often it is sent")
    func prompts() async throws {
        let mock = try await running()
        let agent = try mock.agent("s1", secret: "")
        for _ in 0..<3 { try await send("t1", agent) }
        var chunks: [String] = []
        for try await chunk in agent.chunks(turn: "t1", from: 0) {
            #expect(chunk.n == chunks.count + 1)
            chunks.append(String(decoding: chunk.bytes, as: UTF8.self))
        }
        #expect(chunks.count == 5)
        #expect(chunks[2] == #"{"type":"text-delta","id":"t","delta":"mock: hi"}"#)
        #expect(mock.agent(of: "s1").prompts.map(\.text) == ["hi"])
        #expect(mock.agent(of: "s1").deliveries == 3)
        var rest: [Int] = []
        for try await chunk in agent.chunks(turn: "t1", from: 3) { rest.append(chunk.n) }
        #expect(rest == [4, 5])
    }

    @Test("a script can wait for a gate and for an answer")
    func scripts() async throws {
        let gate = MockGate()
        let question = AgentQuestion(
            questions: [.init(question: "Go?", header: "Permission", options: [], multiSelect: false)],
            isPermission: true
        )
        let mock = try await running {
            _ in [.chunk("1"), .wait(gate), .ask("a1", question), .chunk("2")]
        }
        let agent = try mock.agent("s1", secret: "")
        try await send("t1", agent)
        await #expect(throws: SandboxAgentError.conflict("t1")) { try await send("t2", agent) }
        var chunks = agent.chunks(turn: "t1", from: 0).makeAsyncIterator()
        #expect(try await chunks.next()?.n == 1)
        await #expect(throws: SandboxAgentError.notFound) { try await agent.answer("a1", answers: [:]) }
        gate.open()
        var seen: AgentQuestion?
        while seen == nil { seen = try? await agent.question("a1") }
        #expect(seen == question)
        try await agent.answer("a1", answers: ["Go?": "yes"])
        #expect(try await chunks.next()?.n == 2)
        #expect(try await chunks.next() == nil)
        #expect(mock.agent(of: "s1").answers == ["a1": ["Go?": "yes"]])
    }

    @Test("cancelling ends a turn that waits")
    func cancel() async throws {
        let mock = try await running { _ in [.chunk("1"), .wait(MockGate()), .chunk("2")] }
        let agent = try mock.agent("s1", secret: "")
        try await send("t1", agent)
        try await agent.cancel(turn: "t1")
        var last = ""
        for try await chunk in agent.chunks(turn: "t1", from: 0) { last = String(decoding: chunk.bytes, as: UTF8.self) }
        #expect(last == #"{"type":"finish","finishReason":"stop"}"#)
        await #expect(throws: SandboxAgentError.conflict("")) { try await agent.cancel(turn: "t1") }
    }

    @Test("its sandboxes have the states of real ones, and end when a test says so")
    func states() async throws {
        let mock = try await running()
        let changes = mock.watch()
        let agent = try mock.agent("s1", secret: "")
        mock.end("s1", as: .failed, error: "boom")
        await #expect(throws: SandboxAgentError.self) { try await agent.diff(path: nil, format: nil) }
        var iterator = changes.makeAsyncIterator()
        #expect(await iterator.next()?.status == .running)
        #expect(await iterator.next() == SandboxChange(sessionID: "s1", status: .failed, error: "boom"))
        mock.fail(.start, with: .startFailed(message: "no", log: ""))
        await #expect(throws: SandboxError.startFailed(message: "no", log: "")) { try await mock.start("s1") }
        mock.fail(.start, with: nil)
        try await mock.start("s1")
        try await mock.remove("s1", data: .keep)
        #expect(try await mock.list().isEmpty)
        try await mock.restore("s1")
        #expect(try await mock.list().map(\.status) == [.stopped])
        try await mock.remove("s1", data: .delete)
        #expect(try await mock.sandbox("s1") == nil)
    }

    private func running(script: MockAgent.Script? = nil) async throws -> MockProvider {
        let mock = MockProvider()
        if let script { mock.script = script }
        try await mock.create(LocalHarness.spec("s1"))
        try await mock.start("s1")
        return mock
    }

    private func send(_ turn: TurnID, _ agent: any SandboxAgent) async throws {
        try await agent.send(
            turn: turn,
            message: Self.message,
            model: nil,
            reasoning: nil,
            credentials: nil,
            settings: nil,
            identity: nil
        )
    }
}
