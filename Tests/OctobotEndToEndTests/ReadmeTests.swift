import Foundation
import OctobotTestSupport
import Testing

/// What the README tells a stranger to type.
@Suite("README", .timeLimit(.minutes(2)))
struct ReadmeTests {
    @Test("its octoctl commands do the main job, in their order, starting the daemon by themselves")
    func commands() async throws {
        let file = URL(filePath: #filePath).appending(path: "../../../README.md").standardized
        let commands = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("octoctl ") }.map(String.init)
        try #require(commands.count >= 4)
        try await withDaemon(["PORT": "off"], isStarted: false) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            var environment = daemon.environment
            environment["PATH"] = Products.folder + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
            for command in commands {
                let result = try await Command.run(
                    "/bin/bash",
                    ["-c", command.replacing("~/src/thing", with: repository.path)],
                    environment: environment,
                    directory: repository.path
                )
                #expect(result.status == 0, "\(command): \(result)")
            }
            #expect(repository.read("notes/plan.txt")?.hasPrefix("forty-two") == true)
            #expect(try await repository.git("rev-list", "--count", "HEAD") == "2")
            _ = try await Command.run(Products.octoctl, ["system", "shutdown"], environment: environment)
            // The daemon octoctl started is nobody's child here: it is gone when its socket is.
            while (try? daemon.connect()) != nil { await Task.yield() }
        }
    }
}
