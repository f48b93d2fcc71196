import CLinux
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import OctobotTestSupport
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("The service", .serialized, .timeLimit(.minutes(3)))
struct ServiceTests {
    static let gates: [(String?, String)] = [
        (nil, "Authorization header required"),
        ("Basic x", "Invalid Authorization header format. Expected: Bearer <token>"),
        ("Bearer nonsense", "Invalid authorization token"),
    ]

    @Test("wants the secret everywhere, knows its routes and their methods")
    func gate() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                for (field, text) in Self.gates {
                    for path in ["/", "/health", "/chat", "/nowhere"] {
                        let answer = try await service.send(.GET, path, headers: ["Authorization": field ?? ""])
                        #expect(answer.status == 401)
                        if field != nil { #expect(answer.body == ["error": .string(text)]) }
                    }
                }
                #expect(try await service.send(.GET, "/").body == ["status": "ok", "service": "agent"])
                #expect(try await service.send(.GET, "/user").body["uid"] == .integer(Int64(getuid())))
                #expect(
                    try await service.send(.GET, "/hooks/status").body == [
                        "hooks": [:], "pendingHooks": [], "lastEvaluatedAt": "",
                    ]
                )
                #expect(try await service.send(.GET, "/services").body == ["services": []])
                #expect(try await service.send(.GET, "/nowhere").status == 404)
                let wrong = try await service.send(.DELETE, "/chat")
                #expect(wrong.status == 405 && wrong.headers["allow"] == ["GET, POST"])
                for body: JSONValue in [[:], ["messages": []], ["messages": [["role": "assistant"]]]] {
                    #expect(try await service.send(.POST, "/chat", body).status == 400)
                }
                #expect(
                    try await service.send(.POST, "/chat", ["messages": []], headers: ["Idempotency-Key": "../x"])
                        .status == 400
                )
                #expect(try await service.send(.GET, "/chat").status == 204)
                #expect(try await service.send(.GET, "/files/read?path=..%2Fx").status == 400)
                _ = try await service.send(.POST, "/files/write", ["path": "n/ü 1.txt", "content": "x"])
                #expect(try await service.send(.GET, "/files/read?path=n%2F%C3%BC%201.txt").body["content"] == "x")
                #expect(try await service.send(.GET, "/diff?path=n%2F%C3%BC%201.txt").body["status"] == "added")
            }
        }
    }

    @Test("brings work out of the sandbox: diff, commit, patches, new base")
    func commit() async throws {
        try await ServiceFixture.run { fixture in
            let repository = fixture.repository
            try await fixture.serving { service in
                _ = try await service.turn("t1", "/write notes/plan.txt forty-two")
                #expect(
                    try await service.send(.GET, "/diff?format=files").body["files"] == [
                        ["path": "notes/plan.txt", "status": "added"]
                    ]
                )
                let onto = try await repository.commitOutside(["c.txt": "c\n"])
                let done = try await service.send(.POST, "/commits", ["onto": .string(onto), "message": "plan"])
                #expect(done.status == 200 && done.body["commitCount"] == 1)
                let patches = try await service.send(.GET, "/commits?parent=\(onto)").body
                try repository.write(patches["patches"]?.stringValue ?? "", to: "mail", in: repository.folder.path)
                try await repository.git("am", "--quiet", repository.folder.path + "/mail", in: repository.origin)
                try await repository.git("fetch", "--quiet", "origin", in: repository.mirror)
                let new = try await repository.head(of: repository.origin)
                #expect(
                    try await service.send(.POST, "/commits/base", ["commit": .string(new)]).body == ["success": true]
                )
                #expect(try await service.send(.GET, "/diff").body["files"] == [])
                #expect(try await service.send(.GET, "/commits?parent=\(new)").status == 404)
                for path in ["/commits", "/commits?parent=", "/commits?parent=abc"] {
                    let answer = try await service.send(.GET, path)
                    #expect(answer.status == 400 && answer.body["error"] == "invalid_parent")
                }
                _ = try await service.turn("t2", "/edit a.txt two MINE")
                let other = try await repository.commitOutside(["a.txt": "one\nTHEIRS\nthree\n"])
                let refused = try await service.send(.POST, "/commits", ["onto": .string(other)])
                #expect(
                    refused.status == 409 && refused.body["error"] == "conflict" && refused.body["files"] == ["a.txt"]
                )
                #expect(repository.text("a.txt") == "one\nMINE\nthree\n")
                let ahead = try await service.send(.GET, "/commits?parent=\(other)")
                #expect(ahead.status == 409 && ahead.body["error"] == "parent_mismatch")
            }
        }
    }

    @Test("listens on a TCP port as well")
    func tcp() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving(["--port", "0"]) { (service) async throws in
                #expect(service.base.hasPrefix("http://127.0.0.1:"))
                #expect(try await service.turn("t1", "hello").text.contains("hello"))
            }
        }
    }

    @Test("its socket is its owner's alone; a second service is refused, a dead one replaced")
    func socket() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { (service) async throws in
                var info = stat()
                #expect(stat(fixture.socket, &info) == 0 && info.st_mode & 0o777 == 0o600)
                await #expect(throws: ServiceFixture.NotReady.self) { try await fixture.serving { _ in } }
                #expect(try await service.send(.GET, "/").status == 200)
                await service.kill9()
            }
            try await fixture.serving { service in
                let answer = try await service.send(.GET, "/")
                #expect(answer.status == 200)
            }
        }
    }

    static let refusals: [([String: String], [String], String)] = [
        (["OCTOBOT_SECRET": ""], [], "OCTOBOT_SECRET is not set"),
        (["OCTOBOT_SECRET": "abc"], [], "OCTOBOT_SECRET is not of the form"),
        (["PORT": "banana"], [], "PORT is 'banana'; allowed are 0 to 65535."),
        (["OCTOBOT_AGENT_TYPE": "x"], ["--port", "0"], "OCTOBOT_AGENT_TYPE is 'x'; allowed are demo, "),
        (
            ["OCTOBOT_PERMISSION_MODE": "x"], ["--port", "0"],
            "OCTOBOT_PERMISSION_MODE is 'x'; allowed are ask, auto, edits, plan."
        ),
        (["OCTOBOT_AGENT_COMMAND": "x"], ["--port", "0"], "OCTOBOT_AGENT_COMMAND is 'x'"),
        (["HOME": "home"], ["--port", "0"], "HOME is 'home'; it has to be an absolute path."),
        ([:], ["--socket", "/tmp/" + String(repeating: "x", count: 120)], "at most 107 fit"),
    ]

    @Test("does not start on bad settings, and says which", arguments: refusals)
    func refused(environment: [String: String], arguments: [String], text: String) async throws {
        try await ServiceFixture.run(environment: environment) { fixture in
            let result = try await Command.run(
                ServiceFixture.executable,
                ["serve"] + arguments,
                environment: fixture.environment
            )
            #expect(result.status == 1 && result.errors.contains(text), "\(result)")
        }
    }

    @Test("SIGTERM ends it in order, with the running turn closed")
    func terminated() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await service.prompt("t1", "/slow 1000")
                _ = try await service.chunks("t1") { $0.type == "text-delta" }
                kill(service.process.pid, SIGTERM)
                #expect(await service.process.waitForExit(.seconds(20)))
                #expect(service.process.exitStatus == 0, "\(service.process.errorTail)")
            }
            try await fixture.serving { service in
                let chunks = try await service.chunks("t1")
                #expect(chunks?.last?.type == "finish")
            }
        }
    }

    @Test("killed at any moment of its start, it starts the next time with a whole clone")
    func killedWhileCloning() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("killed while cloning: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        try await ServiceFixture.run { fixture in
            let repository = fixture.repository
            for index in 0..<300 {
                try repository.write("file \(index)\n", to: "many/\(index % 10)/\(index).txt", in: repository.origin)
            }
            let head = try await repository.commitOutside([:])
            for _ in 0..<10 {
                var own = fixture.environment
                own["WORKSPACE_COMMIT"] = head
                let process = try ServiceFixture(repository: repository, environment: own).spawn()
                close(process.input)
                let moment = Duration.milliseconds(Int.random(in: 5...250, using: &random))
                try await Task.sleep(for: moment)  // ok: the moment of death is the experiment
                kill(process.pid, SIGKILL)
                _ = await process.waitForExit(.seconds(10))
                close(process.output)
            }
            try await fixture.serving { service in
                #expect(try await service.send(.GET, "/diff").body["files"] == [])
                try await repository.git("fsck", "--strict", in: repository.workspace)
                #expect(try await repository.git("status", "--porcelain", in: repository.workspace).isEmpty)
            }
            // A git that outlived its service may have been writing; a later start removes what it left.
            while try FileManager.default.contentsOfDirectory(atPath: repository.home).contains(where: {
                $0.contains("staging")
            }) {
                try await fixture.serving { _ in }
            }
        }
    }

    @Test("as PID 1 it reaps orphans, passes signals on and leaves with status 0", .enabled(if: getuid() == 0))
    func initProcess() async throws {
        try await ServiceFixture.run { fixture in
            let process = try AgentProcess(
                command: [
                    "unshare", "--fork", "--pid", "--mount-proc", ServiceFixture.executable, "serve", "--socket",
                    fixture.socket,
                ],
                environment: fixture.environment,
                directory: fixture.repository.folder.path
            )
            close(process.input)
            let ready = await readLine(process.output)
            #expect(ready == "ready 0", "\(process.errorTail)")
            let children = try String(
                contentsOfFile: "/proc/\(process.pid)/task/\(process.pid)/children",
                encoding: .utf8
            )
            let first = try #require(children.split(separator: " ").first.flatMap { pid_t($0) })
            defer { if process.isRunning { kill(first, SIGKILL) } }
            let service = RunningService(
                process: process,
                base: "http+unix://\(fixture.socket.replacing("/", with: "%2F"))"
            )
            let zombies = "ps -eo stat,comm | grep -c '^Z'"
            let command = """
                /run for i in 1 2 3; do (setsid sh -c 'exit 0' &); done; for i in $(seq 50); do \
                [ "$(\(zombies))" = 0 ] && break; sleep 0.1; done; \(zombies); true
                """
            let chunks = try await service.turn("t1", command)
            let outputs = chunks.map { String(decoding: $0.bytes, as: UTF8.self) }.filter { $0.contains("tool-output") }
            #expect(outputs.joined().contains(#""output":"0\n"#), "\(outputs)")
            kill(first, SIGTERM)
            #expect(await process.waitForExit(.seconds(20)))
            #expect(process.exitStatus == 0)
            close(process.output)
        }
    }

    private func readLine(_ descriptor: CInt) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while read(descriptor, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
                continuation.resume(returning: String(decoding: line, as: UTF8.self))
            }
        }
    }
}
