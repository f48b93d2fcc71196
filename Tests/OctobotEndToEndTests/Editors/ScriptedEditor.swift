import AgentClientProtocol
import Foundation
import JSONText
import OctobotTestSupport
import Synchronization
import Testing

/// Where the published schema of ACP v1 lies; messages are held against it when it is there.
private let schema: SchemaChecker? = {
    guard let path = ProcessInfo.processInfo.environment["OCTOBOT_ACP_SCHEMA"],
        let data = FileManager.default.contents(atPath: path),
        let root = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return nil }
    return SchemaChecker(root: root)
}()

/// An editor, as far as ACP shows one: it starts `octoctl acp` and keeps what comes.
final class ScriptedEditor: ACPReceiver {
    struct Ended: Error {}

    private struct State {
        var updates: [JSONValue] = []
        var asked = 0
        var withdrawn = 0
        var bells: [AsyncStream<Void>.Continuation] = []
    }

    /// Answers a request of the agent; waits for ever where it has nothing to say.
    typealias Answer = @Sendable (_ method: String, _ params: JSONValue) async throws -> JSONValue

    private let link: PipeLink
    private let child: ChildProcess
    private let person: Answer
    private let state = Mutex(State())

    /// - Parameter answer: What the person at the editor does about permissions and forms.
    init(
        _ daemon: TestDaemon,
        _ arguments: [String] = [],
        answer: @escaping Answer = ScriptedEditor.never
    ) throws {
        var toAgent: [Int32] = [0, 0]
        var fromAgent: [Int32] = [0, 0]
        guard pipe(&toAgent) == 0, pipe(&fromAgent) == 0 else { throw Ended() }
        child = try ChildProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" acp \"$@\" <&3 >&4 3<&- 4>&-", Products.octoctl] + arguments,
            environment: daemon.environment,
            errors: daemon.folder.appending(path: "acp.log").path(percentEncoded: false),
            inherited: [toAgent[0], fromAgent[1]]
        )
        close(toAgent[0])
        close(fromAgent[1])
        link = PipeLink(input: fromAgent[0], output: toAgent[1])
        person = answer
    }

    /// Runs `body` with an editor that has said hello, and sees that the agent ends when the editor goes.
    static func run<Value: Sendable>(
        _ daemon: TestDaemon,
        _ arguments: [String] = [],
        showsForms: Bool = true,
        answer: @escaping Answer = ScriptedEditor.never,
        _ body: (ScriptedEditor) async throws -> Value
    ) async throws -> Value {
        let editor = try ScriptedEditor(daemon, arguments, answer: answer)
        let reader = Task { await editor.link.run(editor) }
        let result: Result<Value, any Error>
        do {
            let capabilities: JSONValue = showsForms ? ["elicitation": ["form": [:]]] : [:]
            let hello = try await editor.call(
                "initialize",
                ["protocolVersion": 1, "clientCapabilities": capabilities]
            )
            #expect(hello["agentCapabilities"]?["loadSession"] == true)
            result = .success(try await body(editor))
        } catch {
            result = .failure(error)
        }
        editor.link.close()
        await reader.value
        #expect(await editor.child.status == 0)
        return try result.get()
    }

    static let never: Answer = { _, _ in
        // Ends when the agent withdraws what it asked.
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        for await _ in stream {}
        continuation.finish()
        throw CancellationError()
    }

    // MARK: What an editor calls

    func call(_ method: String, _ params: JSONValue) async throws -> JSONValue {
        check(params, method, "Request")
        let result = try JSONValue(parsing: try await link.call(method, params: params.serialized()))
        check(result, method, "Response")
        return result
    }

    func notify(_ method: String, _ params: JSONValue) async throws {
        check(params, method, "Notification")
        try await link.notify(method, params: params.serialized())
    }

    func newSession(_ cwd: String) async throws -> String {
        let result = try await call("session/new", ["cwd": .string(cwd), "mcpServers": []])
        return try #require(result["sessionId"]?.stringValue)
    }

    /// Prompts and gives the stop reason.
    func prompt(_ session: String, _ text: String) async throws -> String {
        try await prompt(session, [["type": "text", "text": .string(text)]])
    }

    func prompt(_ session: String, _ blocks: [JSONValue]) async throws -> String {
        let params: JSONValue = ["sessionId": .string(session), "prompt": .array(blocks)]
        return try #require(try await call("session/prompt", params)["stopReason"]?.stringValue)
    }

    // MARK: What came

    var updates: [JSONValue] { state.withLock { $0.updates } }
    /// How often a person was asked something, and how often that was withdrawn.
    var asked: Int { state.withLock { $0.asked } }
    var withdrawn: Int { state.withLock { $0.withdrawn } }

    /// The text of all updates of a kind.
    func text(_ kind: String = "agent_message_chunk") -> String {
        updates.compactMap { $0["sessionUpdate"]?.stringValue == kind ? $0["content"]?["text"]?.stringValue : nil }
            .joined()
    }

    /// Waits until something holds of what came.
    func until(_ isSo: (ScriptedEditor) throws -> Bool) async throws {
        let (stream, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.bells.append(bell) }
        if try isSo(self) { return }
        for await _ in stream {
            if try isSo(self) { return }
        }
        throw Ended()
    }

    private func ring(_ change: (inout State) -> Void) {
        let bells = state.withLock { state in
            change(&state)
            return state.bells
        }
        for bell in bells { bell.yield() }
    }

    // MARK: ACPReceiver

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        do {
            let request = try JSONValue(parsing: params)
            check(request, method, "Request")
            ring { $0.asked += 1 }
            let result = try await person(method, request)
            check(result, method, "Response")
            return result.serialized()
        } catch {
            ring { $0.withdrawn += 1 }
            throw .cancelled
        }
    }

    func notified(_ method: String, params: [UInt8]) async {
        guard let params = try? JSONValue(parsing: params), let update = params["update"] else {
            Issue.record("\(method) without an update")
            return
        }
        check(params, method, "Notification")
        ring { $0.updates.append(update) }
    }

    func closed() async { for bell in state.withLock({ $0.bells }) { bell.finish() } }

    private func check(_ value: JSONValue, _ method: String, _ suffix: String) {
        guard let schema else { return }
        guard let name = schema.definition(of: method, suffix: suffix) else {
            Issue.record("the schema has no \(method)")
            return
        }
        #expect(schema.problems(of: value, as: name) == [], "\(method): \(value)")
    }
}
