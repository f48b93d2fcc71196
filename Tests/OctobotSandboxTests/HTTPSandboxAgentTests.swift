import Foundation
import JSONText
import NIOHTTP1
import OctobotModel
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotSandbox

@Suite("The client of the agent API", .timeLimit(.minutes(2)))
struct HTTPSandboxAgentTests {
    @Test("a prompt carries secret, host, idempotency key, credentials and identity")
    func send() async throws {
        try await withStub { _ in
            .json(#"{"completionId":"t-1","status":"started"}"#, status: 202)
        } _: { agent, stub in
            try await agent.send(
                turn: "t-1",
                message: ["role": "user"],
                model: "m",
                reasoning: nil,
                credentials: [AgentCredential(envVar: "KEY", value: "ä")],
                settings: nil,
                identity: AgentGitIdentity(name: "Ada Löw", email: nil)
            )
            let request = try #require(stub.requests.first)
            #expect(request.method == "POST")
            #expect(request.uri == "/chat")
            #expect(request.headers["Authorization"] == ["Bearer s3cret"])
            #expect(request.headers["Host"].count == 1)
            #expect(request.headers["Idempotency-Key"] == ["t-1"])
            #expect(request.headers["X-Octobot-Credentials"] == [#"[{"envVar":"KEY","value":"\u00e4"}]"#])
            #expect(request.headers["X-Octobot-Git-User-Name"] == ["Ada%20L%C3%B6w"])
            #expect(request.headers["X-Octobot-Git-User-Email"].isEmpty)
            #expect(request.body == #"{"messages":[{"role":"user"}],"model":"m"}"#)
        }
    }

    @Test(
        "the agent's commands are read from its state",
        arguments: [
            (
                #"{"healthy":true,"connected":true,"agent":{"type":"x","commands":["a","octobot-commit"]}}"#,
                ["a", "octobot-commit"]
            ),
            (#"{"healthy":true,"connected":false,"agent":{"type":"demo"}}"#, []),
            (#"{"healthy":true,"connected":false}"#, []),
        ]
    )
    func commands(body: String, expected: [String]) async throws {
        try await withStub { _ in
            .json(body)
        } _: { agent, stub in
            let commands = try await agent.commands()
            #expect(commands == expected)
            #expect(stub.requests.first?.uri == "/health")
        }
    }

    @Test("query values are encoded")
    func query() async throws {
        try await withStub { _ in
            .json("{}")
        } _: { agent, stub in
            _ = try await agent.diff(path: "a b/ü&format=x", format: "full")
            #expect(stub.requests.first?.uri == "/diff?path=a%20b%2F%C3%BC%26format%3Dx&format=full")
        }
    }

    @Test(
        "refusals are told apart",
        arguments: [
            (401, #"{"error":"Invalid authorization token"}"#, SandboxAgentError.unauthorized),
            (404, #"{"error":"No pending question for this toolUseID"}"#, .notFound),
            (404, "", .notFound),
            (
                404, #"{"error":"no_commits","message":"none"}"#,
                .refused(status: 404, code: "no_commits", message: "none")
            ),
            (409, #"{"error":"completion_in_progress","completionId":"t-9"}"#, .conflict("t-9")),
            (409, #"{"error":"commit_in_progress"}"#, .conflict("")),
            (
                409, #"{"error":"conflict","message":"a.txt","files":["a.txt"]}"#,
                .refused(status: 409, code: "conflict", message: "a.txt")
            ),
            (400, #"{"error":"Invalid path"}"#, .refused(status: 400, code: "Invalid path", message: "Invalid path")),
            (500, "<html>", .refused(status: 500, code: "", message: "status 500")),
        ]
    )
    func refusals(status: Int, body: String, expected: SandboxAgentError) async throws {
        try await withStub { _ in
            .json(body, status: status)
        } _: { agent, _ in
            await #expect(throws: expected) { try await agent.diff(path: nil, format: nil) }
        }
    }

    @Test(
        "answers that are no JSON of the right form are refused",
        arguments: ["", "{", "[]", #"{"head":1}"#, #"{"head":"a","head":"b","commitCount":1}"#]
    )
    func invalid(body: String) async throws {
        try await withStub { _ in
            .json(body)
        } _: { agent, _ in
            let error = await #expect(throws: SandboxAgentError.self) {
                try await agent.commit(onto: "c", message: nil)
            }
            guard case .invalidAnswer = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("commits come as bytes, whatever they are")
    func commits() async throws {
        try await withStub { request in
            request.uri.hasSuffix("text")
                ? .json(#"{"patches":"From x\n","commitCount":1}"#)
                : .json(#"{"patches":"/wA=","commitCount":2,"encoding":"base64"}"#)
        } _: { agent, _ in
            let text = try await agent.commits(parent: "text")
            #expect(text == AgentCommits(patches: Array("From x\n".utf8), commitCount: 1))
            let binary = try await agent.commits(parent: "binary")
            #expect(binary == AgentCommits(patches: [0xFF, 0], commitCount: 2))
        }
    }

    @Test("questions keep their kind; one that is over is not found; a repeated answer is no error")
    func questions() async throws {
        try await withStub { request in
            if request.method == "POST" {
                return .json(#"{"error":"No pending question for this toolUseID"}"#, status: 404)
            }
            if request.uri.hasSuffix("=gone") { return .json(#"{"status":"expired","question":null}"#) }
            if request.uri.hasSuffix("=done") { return .json(#"{"status":"answered","question":null}"#) }
            let header = request.uri.hasSuffix("=p") ? "Permission" : "Database"
            return .json(
                #"""
                {"status":"pending","question":{"toolUseID":"x","questions":[{"question":"Which?","header":"\#(header)",
                "options":[{"label":"A","description":"a"}],"multiSelect":false}]}}
                """#
            )
        } _: { agent, _ in
            let permission = try await agent.question("p")
            #expect(permission.isPermission)
            #expect(permission.questions.first?.options == [.init(label: "A", description: "a")])
            #expect(try await agent.question("q").isPermission == false)
            await #expect(throws: SandboxAgentError.notFound) { try await agent.question("gone") }
            try await agent.answer("done", answers: ["Which?": "A"])
            await #expect(throws: SandboxAgentError.notFound) {
                try await agent.answer("gone", answers: ["Which?": "A"])
            }
        }
    }

    @Test("chunks are numbered, whole and complete, at more than 20 000 a second")
    func chunks() async throws {
        let count = 50_000
        var text = ": ping\n\n"
        for n in 1...count {
            text += "id: \(n)\ndata: {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"word \(n) \"}\n\n"
        }
        text += "data: [DONE]\n\n"
        let stream = text
        try await withStub { _ in
            StubAgent.Answer(body: stream)
        } _: { agent, stub in
            let begin = ContinuousClock.now
            var next = 1
            for try await chunk in agent.chunks(turn: "t-1", from: 0) {
                if chunk.n != next || chunk.bytes.count < 40 { Issue.record("\(chunk)") }
                next += 1
            }
            let time = begin.duration(to: .now)
            #expect(next == count + 1)
            print("chunks: \(Int(Double(count) / (time / .seconds(1)))) a second")
            #expect(stub.requests.first?.uri == "/chat?completionId=t-1&from=0")
        }
    }

    @Test("a turn's end is told from a broken stream, a gap and an unknown turn")
    func endings() async throws {
        try await withStub { request in
            switch request.uri {
            case "/chat?completionId=unknown&from=0": StubAgent.Answer(status: 204)
            case "/chat?completionId=broken&from=2":
                StubAgent.Answer(body: "id: 3\ndata: {}\n\n", breaksOff: true)
            case "/chat?completionId=ended&from=0": StubAgent.Answer(body: "id: 1\ndata: {}\n\n")
            case "/chat?completionId=gap&from=0": StubAgent.Answer(body: "id: 2\ndata: {}\n\ndata: [DONE]\n\n")
            default: StubAgent.Answer(body: "data: [DONE]\n\n")
            }
        } _: { agent, _ in
            func read(_ turn: TurnID, from: Int) async -> (Int, SandboxAgentError?) {
                var count = 0
                do {
                    for try await _ in agent.chunks(turn: turn, from: from) { count += 1 }
                    return (count, nil)
                } catch {
                    return (count, error as? SandboxAgentError)
                }
            }
            #expect(await read("unknown", from: 0) == (0, .notFound))
            #expect(await read("empty", from: 0) == (0, nil))
            let (count, broken) = await read("broken", from: 2)
            #expect(count == 1)
            for error in [broken, await read("ended", from: 0).1] {
                guard case .unreachable = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(await read("gap", from: 0) == (0, .invalidAnswer("chunk 2 follows chunk 0")))
        }
    }

    @Test("a stream that is no longer wanted is let go")
    func cancelled() async throws {
        try await withStub { _ in
            StubAgent.Answer(body: "id: 1\ndata: {}\n\ndata: [DONE]\n\n")
        } _: { agent, _ in
            let reading = Task {
                for try await _ in agent.chunks(turn: "t", from: 0) {
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            // Cancelled between two chunks or at the end: either way it is over.
            _ = await reading.result
        }
    }

    @Test("an agent that is not there is unreachable, and so is a link in its socket's place")
    func unreachable() async throws {
        try await withStub { _ in
            .json("{}")
        } _: { _, stub in
            let gone = HTTPSandboxAgent(.socket(stub.path + "x"), secret: "s")
            await #expect(throws: SandboxAgentError.unreachable("its socket is not there")) {
                try await gone.diff(path: nil, format: nil)
            }
            symlink(stub.path, stub.path + "x")
            await #expect(throws: SandboxAgentError.unreachable("its socket is not there")) {
                try await gone.diff(path: nil, format: nil)
            }
            #expect(stub.requests.isEmpty)
        }
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "dead"
            let stub = try await StubAgent(path) { _ in .json("{}") }
            try await stub.close()
            let error = await #expect(throws: SandboxAgentError.self) {
                try await HTTPSandboxAgent(.socket(path), secret: "s").diff(path: nil, format: nil)
            }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("an agent that came back on the same socket is reached, pooled connections or not")
    func restart() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "agent.sock"
            let agent = HTTPSandboxAgent(.socket(path), secret: "s")
            for n in 1...3 {
                let stub = try await StubAgent(path) { _ in .json("\(n)") }
                #expect(try await agent.diff(path: nil, format: nil) == Array("\(n)".utf8))
                try await stub.close()
                unlink(path)
            }
        }
    }
}

private func withStub(
    _ answer: @escaping @Sendable (StubAgent.Request) -> StubAgent.Answer,
    _ body: (HTTPSandboxAgent, StubAgent) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let stub = try await StubAgent(folder.path(percentEncoded: false) + "agent.sock", answer: answer)
        try await body(HTTPSandboxAgent(.socket(stub.path), secret: "s3cret"), stub)
        try await stub.close()
    }
}
