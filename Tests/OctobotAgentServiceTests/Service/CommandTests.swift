import Foundation
import JSONText
import NIOHTTP1
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Commands", .serialized, .timeLimit(.minutes(2)))
struct CommandTests {
    private func serving(_ body: (RunningService, ServiceFixture) async throws -> Void) async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { try await body($0, fixture) }
        }
    }

    private func command(_ argv: [String], _ more: [String: JSONValue] = [:]) -> JSONValue {
        let body: [String: JSONValue] = [
            "argv": .array(argv.map { .string($0) }), "timeoutMs": 30_000, "outputLimit": 1_000_000,
        ]
        return .object(body.merging(more) { $1 })
    }

    private func run(
        _ service: RunningService,
        _ argv: [String],
        _ more: [String: JSONValue] = [:],
        until isEnough: (ReadRecords) -> Bool = { _ in false }
    ) async throws -> ReadRecords {
        try await service.records(.POST, "/commands", command(argv, more), until: isEnough)
    }

    private func end(_ code: Int64?, signal: Int64? = nil, timedOut: Bool = false, truncated: Bool = false) -> JSONValue
    {
        var members: [String: JSONValue] = ["timedOut": .bool(timedOut), "truncated": .bool(truncated)]
        if let code { members["exitCode"] = .integer(code) }
        if let signal { members["signal"] = .integer(signal) }
        return .object(members)
    }

    @Test("output, errors, input, status, folder and variables go where they belong")
    func streams() async throws {
        try await serving { service, _ in
            let both = try await run(service, ["sh", "-c", "echo out; echo err >&2; exit 3"])
            #expect(both.text() == "out\n" && both.text(.errors) == "err\n")
            #expect(try both.end == end(3))
            let cat = try await run(service, ["cat"], ["stdin": .string(Data("in".utf8).base64EncodedString())])
            #expect(try cat.text() == "in" && cat.end == end(0))
            let none = try await run(service, ["cat"])
            #expect(try none.text() == "" && none.end == end(0))
            let place = try await run(
                service,
                ["sh", "-c", "pwd; echo $X; env"],
                ["cwd": "/usr", "env": ["X": "a b"]]
            )
            #expect(place.text().hasPrefix("/usr\na b\n") && !place.text().contains("OCTOBOT_SECRET"))
            #expect(try await run(service, ["pwd"]).text().hasSuffix("/workspace\n"))
            let big = Data(repeating: 0x61, count: 3_000_000)
            let echoed = try await run(
                service,
                ["cat"],
                ["stdin": .string(big.base64EncodedString()), "outputLimit": 10_000_000]
            )
            #expect(echoed.text().utf8.count == big.count)
            let killed = try await run(service, ["sh", "-c", "kill -TERM $$"])
            #expect(try killed.end == end(nil, signal: 15))
            let unread = try await run(service, ["true"], ["stdin": .string(big.base64EncodedString())])
            #expect(try unread.end == end(0))
        }
    }

    @Test("output beyond the limit is read and dropped")
    func limit() async throws {
        try await serving { service, _ in
            let read = try await run(service, ["head", "-c", "50000000", "/dev/zero"], ["outputLimit": 70_000])
            #expect(
                try read.records.dropLast().reduce(0) { $0 + $1.payload.count } == 70_000
                    && read.end == end(0, truncated: true)
            )
        }
    }

    @Test("what cannot run is refused before any record")
    func refusals() async throws {
        try await serving { service, fixture in
            let missing = try await run(service, ["no-such-program", "x"])
            #expect(missing.status == 404 && missing.refusal["error"] == "command_not_found")
            #expect(missing.refusal["message"]?.stringValue?.contains("no-such-program") == true)
            #expect(try await run(service, ["/no/such"]).status == 404)
            #expect(try await run(service, ["/etc/passwd"]).status == 400)
            #expect(try await run(service, ["/usr"]).status == 400)
            try fixture.repository.write("text", to: "plain", in: fixture.repository.workspace)
            chmod(fixture.repository.workspace + "/plain", 0o755)
            try fixture.repository.write("#!/no/such\n", to: "odd", in: fixture.repository.workspace)
            chmod(fixture.repository.workspace + "/odd", 0o755)
            #expect(try await run(service, ["./plain"]).status == 400)
            #expect(try await run(service, ["./odd"]).status == 400)
            #expect(try await run(service, []).status == 400)
            #expect(try await run(service, [""]).status == 400)
            #expect(try await run(service, ["true", "a\0b"]).status == 400)
            #expect(try await run(service, ["true"], ["cwd": "/nowhere"]).status == 400)
            #expect(try await run(service, ["true"], ["env": ["A=B": "x"]]).status == 400)
            #expect(try await run(service, ["true"], ["timeoutMs": 0]).status == 400)
            #expect(try await run(service, ["true"], ["outputLimit": -1]).status == 400)
            #expect(try await run(service, ["true"], ["stdin": "%"]).status == 400)
            #expect(try await run(service, ["true"], ["argv": "true"]).status == 400)
            let long = String(repeating: "x", count: 3 << 20)
            #expect(try await run(service, ["true", long]).status == 400)
        }
    }

    /// A program that leaves its group, its session and its parent, and one that only forks.
    private static let family = """
        import os, signal, sys, time
        ready, told = os.pipe()
        def live(name):
            # Nobody outlives a run that was cut short by more than a minute.
            signal.alarm(60)
            with open(sys.argv[1] + "/" + name, "w") as file: file.write(str(os.getpid()))
            os.write(told, b"x")
            time.sleep(300)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: live("daemon")
            os._exit(0)
        if os.fork() == 0: live("child")
        signal.alarm(60)
        os.close(told)
        for _ in range(2):
            if not os.read(ready, 1): sys.exit(1)
        print("both", flush=True)
        time.sleep(300)
        """

    private func familyIsGone(_ folder: String) throws -> Bool {
        try ["daemon", "child"].allSatisfy { name in
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let pid = try #require(pid_t(text))
            return ProcessTable.entry(pid)?.isZombie ?? true
        }
    }

    @Test("a timeout kills all that was started", arguments: [false, true])
    func kill(byLeaving: Bool) async throws {
        try await serving { service, fixture in
            let folder = fixture.repository.folder.path
            let argv = ["python3", "-c", Self.family, folder]
            if byLeaving {
                _ = try await run(service, argv) { $0.text().contains("both") }
                while try !familyIsGone(folder) { await Task.yield() }
            } else {
                let read = try await run(service, argv, ["timeoutMs": 1500])
                #expect(read.text() == "both\n")
                #expect(try read.end == end(nil, signal: 9, timedOut: true))
                #expect(try familyIsGone(folder))
            }
        }
    }

    @Test("what goes on in the background neither delays the end nor is killed by it")
    func background() async throws {
        try await serving { service, fixture in
            let start = ContinuousClock.now
            let read = try await run(service, ["sh", "-c", "sleep 60 & echo $!; exit 4"])
            #expect(start.duration(to: .now) < .seconds(20))
            #expect(try read.end == end(4))
            let pid = try #require(pid_t(read.text().trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(Foundation.kill(pid, SIGKILL) == 0)
        }
    }
}
