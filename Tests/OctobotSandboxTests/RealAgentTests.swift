import Foundation
import JSONText
import OctobotModel
import Testing

@testable import OctobotSandbox

/// The octobot-agent that the package builds.
private enum RealAgent {
    /// Beside the tests when the whole package was built.
    static let binary: String? = CommandSearch.resolved("/proc/self/exe").flatMap { own in
        CommandSearch.find((own as NSString).deletingLastPathComponent + "/octobot-agent", path: "")
    }

    static let isRunnable: Bool = {
        if binary == nil { print("SKIPPED: octobot-agent in a sandbox, because it is not built") }
        return binary != nil && Bubblewrap.isUsable
    }()
}

@Suite("octobot-agent in a local sandbox", .enabled(if: RealAgent.isRunnable), .timeLimit(.minutes(2)))
struct RealAgentTests {
    // The vector of agent-api.md §2.
    private static let secret = "octobot-test-secret"
    private static let secretHash =
        "000102030405060708090a0b0c0d0e0f:837d9e9d49721dac502b315b8f6bbb782a6b747de45c1b3e1bf68f25fd1e6e3a"

    @Test("a prompt is answered in a clone of the mirror, also after a restart of either side")
    func conversation() async throws {
        try await withLocalHarness(
            .init { configuration, _ in
                configuration.command = nil
                configuration.agentBinary = RealAgent.binary
            }
        ) { harness in
            let mirror = harness.root + "/mirror.git"
            try await Self.git(
                """
                git init -q -b main '\(harness.root)/source' && cd '\(harness.root)/source' && echo one >file && git add . \
                && git -c user.name=t -c user.email=t@t commit -qm one && git clone -q --bare . '\(mirror)'
                """
            )
            var spec = LocalHarness.spec("s1", mirror: mirror)
            spec.secretHash = Self.secretHash
            let provider = try harness.provider
            #expect(await provider.status().available)
            try await provider.create(spec)
            for round in 1...2 {
                let begin = ContinuousClock.now
                try await provider.start("s1")
                print("sandbox with octobot-agent ready after \(begin.duration(to: .now))")
                // What package managers download is kept in the project's cache.
                let link = provider.places.home("s1") + "/.npm"
                let target = "/.data/cache/home/octobot/.npm"
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
                #expect(FolderTree.exists(provider.places.cache("local") + "/home/octobot/.npm"))
                let agent = try harness.provider.agent("s1", secret: Self.secret)
                let turn = TurnID("t\(round)")
                let message: JSONValue = [
                    "id": "m", "role": "user",
                    "parts": [["type": "text", "text": .string("/write notes/plan\(round).txt forty-two")]],
                ]
                for _ in 0..<2 {
                    try await agent.send(
                        turn: turn,
                        message: message,
                        model: nil,
                        reasoning: nil,
                        credentials: nil,
                        settings: nil,
                        identity: nil
                    )
                }
                var last: AgentChunk?
                for try await chunk in agent.chunks(turn: turn, from: 0) { last = chunk }
                #expect(last.map { String(decoding: $0.bytes, as: UTF8.self) }?.contains(#""type":"finish""#) == true)
                try await agent.acknowledge(turn: turn, n: last?.n ?? 0)
                let diff = String(decoding: try await agent.diff(path: nil, format: "files"), as: UTF8.self)
                #expect(diff.contains("notes/plan\(round).txt"), "\(diff)")
                await #expect(throws: SandboxAgentError.unauthorized) {
                    try await harness.provider.agent("s1", secret: "other").diff(path: nil, format: nil)
                }
                await #expect(throws: SandboxAgentError.conflict("")) { try await agent.cancel(turn: turn) }
                await #expect(throws: SandboxAgentError.notFound) {
                    for try await _ in agent.chunks(turn: "never", from: 0) {}
                }
                try await provider.stop("s1", grace: .seconds(10))
                #expect(await provider.sandbox("s1")?.status == .stopped)
                #expect(StatusReport(provider.places.statusFile("s1")).exitCode == 0)
            }
        }
    }

    private static func git(_ script: String) async throws {
        let outcome = try await ChildProcess.run(
            ["/bin/sh", "-ec", script],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"]
        )
        try #require(outcome.status == 0, "\(outcome.output)")
    }
}
