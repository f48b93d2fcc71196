import Foundation
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

/// What an agent has started ends with it (acp.md §17).
@Suite("The end of an agent's processes", .timeLimit(.minutes(1)))
struct ProcessEndTests {
    /// Starts a child that ignores SIGTERM, one that left group and session, and one that did both from a dead parent,
    /// and writes their numbers down.
    static let children = #"""
        children() {
          sh -c 'trap "" TERM HUP; echo $$ >> "$AGENT_FOLDER/children"; while :; do sleep 100; done' </dev/null >/dev/null 2>&1 &
          setsid sh -c 'echo $$ >> "$AGENT_FOLDER/children"; exec sleep 1000' </dev/null >/dev/null 2>&1 &
          sh -c 'setsid sh -c "trap \"\" TERM; echo \$\$ >> \"$AGENT_FOLDER/children\"; while :; do sleep 100; done" & exit' </dev/null >/dev/null 2>&1
          while [ "$(wc -l < "$AGENT_FOLDER/children" 2>/dev/null || echo 0)" -lt 3 ]; do sleep 0.01; done
        }
        """#

    private func children(of harness: TurnHarness) throws -> [pid_t] {
        let children = harness.lines("children").compactMap { pid_t($0) }
        try #require(children.count == 3)
        return children
    }

    private func isGone(_ pid: pid_t) -> Bool { ProcessTable.entry(pid).map(\.isZombie) ?? true }

    @Test("children that ignore SIGTERM or left group and session are gone when the agent is stopped")
    func stopped() async throws {
        try await TurnHarness.run(onPrompt: "children; say hi; done_", setup: Self.children) { harness in
            #expect(try await harness.turn("t").text == "hi")
            let children = try children(of: harness)
            #expect(!children.contains(where: isGone))
            let begin = ContinuousClock.now
            await harness.chat.shutDown()
            #expect(begin.duration(to: .now) < .seconds(3))
            #expect(children.allSatisfy(isGone))
        }
    }

    @Test("they are gone as well when the agent crashes, before the turn is over")
    func crashed() async throws {
        try await TurnHarness.run(onPrompt: "children; exit 3", setup: Self.children) { (harness) async throws in
            #expect(try await harness.turn("t").errorText?.contains("exited with status 3") == true)
            #expect(try children(of: harness).allSatisfy(isGone))
        }
    }

    @Test("an agent that needs a moment after SIGTERM has it, and another that ignores it does not stay")
    func grace() async throws {
        try await withTemporaryDirectory { folder in
            let script = "trap 'echo bye > \(folder.path)/bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"
            let process = try AgentProcess(
                command: ["/bin/sh", "-c", script],
                environment: ["PATH": "/usr/bin:/bin"],
                directory: folder.path
            )
            var byte: UInt8 = 0
            #expect(read(process.output, &byte, 1) == 1)
            await process.end(terminateAfter: .milliseconds(20), killAfter: .seconds(20))
            #expect(FileManager.default.fileExists(atPath: folder.path + "/bye"))
            #expect(process.exitStatus == 0)
            #expect(isGone(process.pid))
            for end in [process.input, process.output] { close(end) }
        }
    }
}

@Suite("Secrets in what people see")
struct SecretMaskTests {
    private let secret = "sk-0123456789"

    private var mask: SecretMask { SecretMask([AgentCredential(envVar: "KEY", value: secret)], AgentSettings()) }

    @Test("a cut leaves no half of a secret, wherever it falls")
    func cut() {
        for start in 150...210 {
            let line = String(repeating: "x", count: start) + secret + String(repeating: "y", count: 300)
            let shown = mask.line(Array(line.utf8), limit: 200)
            #expect(!shown.contains("sk-"), "\(start)")
            #expect(shown.utf8.count <= 200)
            #expect(shown.hasPrefix(String(repeating: "x", count: min(start, 180))))
        }
    }

    @Test("many secrets in a row, a cut in a character and short lines")
    func edges() {
        let row = Array(String(repeating: secret, count: 40).utf8)
        #expect(!mask.line(row, limit: 200).contains("sk-"))
        #expect(SecretMask().line(Array("äöü".utf8), limit: 3) == "ä")
        #expect(mask.line(Array("is \(secret)".utf8), limit: 200) == "is ***")
        #expect(mask.line([UInt8](), limit: 200) == "")
    }

    @Test("a secret of several lines is masked line by line")
    func lines() {
        let mask = SecretMask([AgentCredential(envVar: "KEY", value: "BEGIN KEY\nabcdefgh1234\nEND")], AgentSettings())
        #expect(mask.line(Array("abcdefgh1234".utf8), limit: 200) == "***")
        #expect(mask.line(Array("END".utf8), limit: 200) == "END")
    }
}
