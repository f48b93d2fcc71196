import DockerEngine
import Foundation
import Logging
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

/// A `docker` provider of the test's own on the engine all tests share, with a small web server in the agent's place.
struct DockerHarness: Sendable {
    /// What a test wants to be different.
    struct Change {
        let apply: (inout DockerConfiguration) -> Void

        init(_ apply: @escaping (inout DockerConfiguration) -> Void) { self.apply = apply }
    }

    static let isUsable = TestEngine.unavailable == nil
    static let reason = Comment(rawValue: TestEngine.unavailable ?? "a Docker engine can run here")

    let engine: TestEngine
    let client: DockerClient
    let root: String
    var configuration: DockerConfiguration

    /// Another provider over the same places, as a new daemon makes it.
    func provider() -> DockerProvider { DockerProvider(configuration, logger: Logger(label: "test")) }

    /// A session's name that no other test has.
    let id = SessionID("s-\(UInt32.random(in: 0...UInt32.max))")

    var spec: SandboxSpec { LocalHarness.spec(id) }

    var container: String { DockerNames.container(id) }

    /// Runs a shell command in the sandbox, as its user, and gives what it wrote.
    func run(_ command: String, in id: SessionID? = nil) async throws -> String {
        let name = DockerNames.container(id ?? self.id)
        let result = try await client.run(ExecSpec(["sh", "-c", "{ \(command)\n} 2>&1"]), in: name)
        return String(decoding: result.output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Serves on 3002; what stands in the home decides how it ends.
    static let agent = """
        echo begun
        [ -e $HOME/refuse ] && { echo 'cannot frob the widget'; exit 7; }
        [ -e $HOME/deaf ] && exec sleep 1000
        trap 'exit 0' TERM
        [ -e $HOME/stubborn ] && trap '' TERM
        mkdir -p /tmp/web && httpd -p 3002 -h /tmp/web
        while :; do
            [ -e $HOME/leave ] && { echo 'leaving now'; exit 9; }
            sleep 0.05
        done
        """
}

/// Makes a harness; every sandbox in it is removed afterwards.
func withDockerHarness(
    on engine: TestEngine? = nil,
    _ change: DockerHarness.Change = .init { _ in },
    _ body: (DockerHarness) async throws -> Void
) async throws {
    let shared: TestEngine
    if let engine { shared = engine } else { shared = try await TestEngine.shared() }
    try await withTemporaryDirectory { folder in
        let root = folder.path(percentEncoded: false)
        var configuration = DockerConfiguration(
            image: TestEngine.busyboxImage,
            network: nil,
            dataFolder: root + "data",
            agentBinary: nil,
            searchPath: "/usr/bin:/bin",
            installation: "i\(UInt32.random(in: 0...UInt32.max))",
            environment: ["DOCKER_HOST": "unix://\(shared.socket)"]
        )
        configuration.command = ["/bin/sh", "-c", DockerHarness.agent]
        configuration.startLimit = .seconds(30)
        change.apply(&configuration)
        let harness = DockerHarness(
            engine: shared,
            client: DockerClient(socket: shared.socket),
            root: root,
            configuration: configuration
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(harness)) } catch { result = .failure(error) }
        if engine == nil {
            let last = harness.provider()
            for sandbox in try await last.list() { try await last.remove(sandbox.sessionID, data: .delete) }
        }
        try result.get()
    }
}
