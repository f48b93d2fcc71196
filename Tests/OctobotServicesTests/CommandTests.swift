import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("Programs in sandboxes, and what those use", .timeLimit(.minutes(2)))
struct CommandTests {
    @Test("a program gets what was said, and its end and output come back; a stopped sandbox is started")
    func exec() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                let hands = house.mock.agent(of: id).hands
                hands.answerCommands { _ in ("out\n", "err\n", CommandEnd(exitCode: 3)) }
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: id), life.call)
                let result = try await life.services.commands.exec(
                    CommandParams(
                        sessionID: id,
                        argv: ["make", "-j", ""],
                        env: ["CI": "1"],
                        cwd: "src",
                        stdin: "für",
                        timeoutMs: 5,
                        outputLimit: 100
                    ),
                    life.call
                )
                #expect(result == CommandResult(exitCode: 3, stdout: "out\n", stderr: "err\n"))
                let expected = RunCommand(
                    arguments: ["make", "-j", ""],
                    environment: ["CI": "1"],
                    directory: "src",
                    input: Data("für".utf8).base64EncodedString(),
                    timeout: 5,
                    outputLimit: 100
                )
                #expect(hands.commands == [expected])
                hands.answerCommands { _ in ("", "", CommandEnd(signal: 9, isTimedOut: true, isTruncated: true)) }
                let killed = try await life.services.commands.exec(
                    CommandParams(sessionID: id, argv: ["sleep"], stdinBase64: "/w=="),
                    life.call
                )
                #expect(killed == CommandResult(signal: 9, timedOut: true, truncated: true))
                #expect(hands.commands.last?.input == "/w==")
                #expect(hands.commands.last?.timeout == 60_000 && hands.commands.last?.outputLimit == 1 << 20)
            }
        }
    }

    @Test("the stream has both channels with offsets of their own, no half characters, and the end last")
    func stream() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                house.mock.agent(of: id).hands.answerCommands { _ in
                    (String(repeating: "ü", count: 6000), "a\0", CommandEnd(signal: 15, isTruncated: true))
                }
                let reader = try await life.services.commands.subscribe(
                    CommandParams(sessionID: id, argv: ["cat"]),
                    life.call
                )
                #expect(reader.cursor == "exec.\(id):0" && reader.head == reader.cursor)
                var (output, errors) = ([UInt8](), [UInt8]())
                var end: ProgramEnd?
                while let element = try await reader.next() {
                    switch element {
                    case .bytes(let piece) where piece.channel == .stdout:
                        #expect(piece.isText && piece.offset == UInt64(output.count) && piece.bytes.count <= 8000)
                        output += piece.bytes
                    case .bytes(let piece):
                        #expect(piece.channel == .stderr && !piece.isText && piece.offset == UInt64(errors.count))
                        errors += piece.bytes
                    case .exited(let program, let resume):
                        #expect(resume == "exec.\(id):12002" && end == nil)
                        end = program
                    default: Issue.record("\(element)")
                    }
                }
                #expect(output == Array(String(repeating: "ü", count: 6000).utf8) && errors == [0x61, 0])
                #expect(end == ProgramEnd(signal: 15, timedOut: false, truncated: true))
                #expect(house.mock.agent(of: id).hands.commands.last?.outputLimit == 1 << 53 - 1)
            }
        }
    }

    @Test(
        "what no program can be given is refused",
        arguments: [
            (CommandParams(sessionID: "s", argv: [""]), "/argv/0"),
            (CommandParams(sessionID: "s", argv: ["a", "b\0"]), "/argv/1"),
            (CommandParams(sessionID: "s", argv: ["a"], env: ["A=B": ""]), "/env"),
            (CommandParams(sessionID: "s", argv: ["a"], env: ["A": "\0"]), "/env"),
            (CommandParams(sessionID: "s", argv: ["a"], cwd: "\0"), "/cwd"),
            (CommandParams(sessionID: "s", argv: ["a"], stdin: "", stdinBase64: ""), "/stdinBase64"),
            (CommandParams(sessionID: "s", argv: ["a"], stdinBase64: "no base64!"), "/stdinBase64"),
        ]
    )
    func refused(params: CommandParams, pointer: String) throws {
        let refusal = #expect(throws: Fault.self) { _ = try RunCommand(params) }
        #expect(refusal?.kind == .invalidParams && refusal?.details["pointer"]?.stringValue == pointer)
    }

    @Test("a sandbox that does not keep the limit cannot make the daemon keep more")
    func limit() throws {
        var output = CommandOutput(limit: 5)
        try output.add(OutputRecord(.output, position: 0, payload: Array("abc".utf8)))
        try output.add(OutputRecord(.errors, position: 0, payload: [0xFF, 0xFE, 0xFD]))
        try output.add(OutputRecord(.output, position: 3, payload: Array("more".utf8)))
        #expect(throws: Fault.self) { try output.result() }
        try output.add(
            OutputRecord(.end, position: 7, payload: Array(#"{"exitCode":0,"timedOut":false,"truncated":false}"#.utf8))
        )
        let result = try output.result()
        #expect(result.stdout == "abc" && result.stderr == "//4=" && result.stderrEncoding == .base64)
        #expect(result.truncated && result.exitCode == 0)
    }

    @Test("an end that is none is told as such", arguments: ["", "{", "[]", #"{"exitCode":"x"}"#])
    func unreadableEnd(text: String) {
        var output = CommandOutput(limit: 5)
        #expect(throws: (any Error).self) {
            try output.add(OutputRecord(.end, position: 0, payload: Array(text.utf8)))
        }
    }

    @Test("stats tell use and limits of a running sandbox, and only limits of a stopped one, which stays stopped")
    func stats() async throws {
        try await withHouse { house in
            house.mock.setLimits(SandboxLimits(memoryBytes: 1 << 30, processors: 1.5, processes: 99))
            try await house.live { life in
                let id = try await life.makeSession().id
                house.mock.agent(of: id).hands.setUse(
                    SandboxUse(memoryBytes: 4096, cpuMilliseconds: 70, processes: 2, diskBytes: nil)
                )
                let params = ReadSessionStats.Params(sessionID: id)
                let running = try await life.services.commands.stats(params, life.call)
                #expect(running.state == .ready && running.memoryBytes == 4096 && running.memoryLimitBytes == 1 << 30)
                #expect(running.cpuMilliseconds == 70 && running.cpuLimit == 1.5 && running.processes == 2)
                #expect(running.processLimit == 99 && running.diskBytes == nil && running.terminals == 0)
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: id), life.call)
                let stopped = try await life.services.commands.stats(params, life.call)
                #expect(stopped.state == .stopped && stopped.memoryBytes == nil && stopped.processes == nil)
                #expect(stopped.memoryLimitBytes == 1 << 30 && stopped.lastActivityAt != nil)
                #expect(try await life.session(id).status == .stopped)
            }
        }
    }

    @Test("use by hand moves the last activity, looking at the stats does not")
    func activity() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                let params = ReadSessionStats.Params(sessionID: id)
                let before = try #require(try await life.services.commands.stats(params, life.call).lastActivityAt)
                #expect(try await life.services.commands.stats(params, life.call).lastActivityAt == before)
                _ = try await life.services.commands.exec(CommandParams(sessionID: id, argv: ["true"]), life.call)
                let after = try #require(try await life.services.commands.stats(params, life.call).lastActivityAt)
                #expect(after > before)
            }
        }
    }

    @Test("the project's caches are told in an engine's words and deleted, and another project's stay")
    func caches() async throws {
        try await withHouse { house in
            let moment = Timestamp(milliseconds: 5)
            house.mock.setCaches([
                SandboxCache(
                    name: "octobot-cache-local",
                    projectID: .local,
                    path: "/c",
                    createdAt: moment,
                    bytes: 7
                ),
                SandboxCache(name: "octobot-cache-other", projectID: "other", path: "/o"),
            ])
            try await house.live { life in
                let list = try await life.services.caches.list(ListCaches.Params(), life.call)
                let labels = ["octobot.managed": "true", "octobot.project.id": "local", "octobot.type": "cache"]
                let cache = CacheVolume(
                    name: "octobot-cache-local",
                    mountpoint: "/c",
                    labels: labels,
                    createdAt: moment,
                    usage: .init(size: 7)
                )
                #expect(list.items == [cache])
                for _ in 0..<2 { _ = try await life.services.caches.delete(DeleteCaches.Params(), life.call) }
                #expect(try await life.services.caches.list(ListCaches.Params(), life.call).items.isEmpty)
                #expect(try await house.mock.caches(of: "other").count == 1)
            }
        }
    }

    @Test("a provider that is missing is asked for caches only when the project uses it")
    func missingProvider() async throws {
        try await withHouse { house in
            house.mock.setCaches([SandboxCache(name: "c", projectID: .local, path: "/c")])
            try await house.live { life in
                house.mock.setStatus(ProviderStatus(available: false, state: .notAvailable))
                let unused = try await life.services.caches.list(ListCaches.Params(), life.call)
                #expect(unused.items.isEmpty)
                _ = try await life.makeWorkspace()
                #expect(try await life.services.caches.list(ListCaches.Params(), life.call).items.count == 1)
            }
        }
    }
}
