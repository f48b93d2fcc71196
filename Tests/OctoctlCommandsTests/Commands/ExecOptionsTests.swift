import ArgumentParser
import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("octoctl exec", .timeLimit(.minutes(1)))
struct ExecOptionsTests {
    @Test("the program follows two dashes, its own options and more dashes included")
    func program() throws {
        let words = ["--", "git", "log", "-n", "1", "--", "a"]
        let named = try #require(try Octoctl.parseAsRoot(["exec", "s1", "-C", "src"] + words) as? ExecRun)
        #expect(named.program.session == "s1" && named.options.directory == "src")
        #expect(named.program.words == ["git", "log", "-n", "1", "--", "a"])
        let latest = try #require(try Octoctl.parseAsRoot(["exec", "-o", "json"] + words) as? ExecRun)
        #expect(latest.program.session == nil && latest.global.output == .json)
        let session = try #require(try Octoctl.parseAsRoot(["session", "exec", "s1"] + words) as? SessionExec)
        #expect(session.program.session == "s1" && session.program.words.count == 6)
        #expect(try Octoctl.parseAsRoot(["exec", "subscribe", "s1"] + words) is ExecSubscribe)
        let odd = try #require(try Octoctl.parseAsRoot(["exec", "run", "subscribe"] + words) as? ExecRun)
        #expect(odd.program.session == "subscribe")
    }

    @Test(
        "wrong usage is refused before anything is asked",
        arguments: [
            ["exec"], ["exec", "s1"], ["exec", "s1", "ls"], ["exec", "s1", "--"],
            ["exec", "s1", "--timeout", "0", "--", "ls"], ["exec", "s1", "--timeout", "3601", "--", "ls"],
            ["exec", "s1", "--timeout", "nan", "--", "ls"], ["exec", "s1", "-e", "A", "--", "ls"],
            ["exec", "s1", "-e", "=a", "--", "ls"],
        ]
    )
    func refused(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Octoctl.parseAsRoot(arguments) }
        #expect(error.map { Octoctl.exitCode(for: $0).rawValue } == 64)
    }

    @Test("what is said becomes the params; input is text where it is text")
    func params() throws {
        let arguments = ["exec", "-e", "A=b=c", "--env", "B=", "--timeout", "1.5", "--limit", "9", "--", "cat"]
        let command = try #require(try Octoctl.parseAsRoot(arguments) as? ExecRun)
        let run = ProgramRun(options: command.options, program: command.program)
        var expected = CommandParams(
            projectID: "p",
            sessionID: "s1",
            argv: ["cat"],
            env: ["A": "b=c", "B": ""],
            stdin: "für",
            timeoutMs: 1500,
            outputLimit: 9
        )
        #expect(try run.params("s1", in: "p") { Array("für".utf8) } == expected)
        (expected.stdin, expected.stdinBase64) = (nil, "AP8=")
        #expect(try run.params("s1", in: "p") { [0x00, 0xFF] } == expected)
        expected.stdinBase64 = nil
        #expect(try run.params("s1", in: "p") { [] } == expected)
        #expect(try run.params("s1", in: "p") { nil } == expected)
    }

    @Test("the end of a program is an exit status, as shells and timeout(1) have it")
    func statuses() async throws {
        let ends: [(ProgramEnd, Int32, Bool)] = [
            (ProgramEnd(exitCode: 0), 0, false), (ProgramEnd(exitCode: 7), 7, false),
            (ProgramEnd(signal: 9), 137, false), (ProgramEnd(signal: 9, timedOut: true), 124, true),
            (ProgramEnd(exitCode: 0, truncated: true), 0, true), (ProgramEnd(), 255, false),
        ]
        for (end, status, says) in ends {
            let (given, recording) = try await ConsoleRecording.of { ProgramRun.status(of: end, on: $0) }
            #expect(given == status, "\(end)")
            #expect(recording.output.isEmpty && recording.errors.isEmpty != says, "\(end)")
        }
    }
}
