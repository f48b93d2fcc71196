import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The main job with containers of a real engine.
@Suite(
    "docker sandboxes, end to end",
    .serialized,
    .timeLimit(.minutes(8)),
    .enabled(
        if: TestEngine.unavailable == nil,
        Comment(rawValue: TestEngine.unavailable ?? "a Docker engine can run here")
    )
)
struct DockerTests {
    @Test("from a repository to a commit in it, by octoctl")
    func mainJob() async throws {
        try await SandboxKind.docker.withSandboxes { daemon, engine in
            let repository = try await ScratchRepository(in: daemon.folder)
            func octoctl(_ arguments: String...) async throws -> Command.Result {
                try await Command.run(
                    Products.octoctl,
                    arguments,
                    environment: daemon.environment,
                    directory: repository.path
                )
            }
            let prompt = "/permission true\n/run id -un\n/write notes/plan.txt forty-two"
            let chat = try await octoctl("chat", "-w", ".", "--agent", "demo", "--approve", prompt)
            #expect(chat.status == 0, "\(chat)")
            #expect((chat.output + chat.errors).contains("octobot"))
            let diff = try await octoctl("diff")
            #expect(diff.output.contains("+forty-two"), "\(diff)")
            let commit = try await octoctl("commit", "--message", "The plan")
            #expect(commit.status == 0, "\(commit)")
            #expect(repository.read("notes/plan.txt")?.hasPrefix("forty-two") == true)
            #expect(try await repository.git("log", "-1", "--format=%s") == "The plan")
            let session = try await daemon.connect().call("session.list")["items"]?[0]
            #expect(session?["provider"] == "docker", "\(String(describing: session))")
            let names = try await #require(engine).docker("ps", "--format", "{{.Names}}").split(separator: "\n").map(
                String.init
            )
            #expect(names.contains(SandboxKind.container(session?["id"] ?? .null)))
        }
    }
}
