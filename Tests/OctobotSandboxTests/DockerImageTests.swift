import DockerEngine
import Foundation
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

@Suite(
    "The image of docker sandboxes",
    .timeLimit(.minutes(3)),
    .enabled(if: DockerHarness.isUsable, DockerHarness.reason)
)
struct DockerImageTests {
    /// A registry with busybox and the harness's wish to use it.
    private func withRegistry(
        failures: Int = 0,
        _ body: (StubRegistry, DockerHarness.Change) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let bin = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: false)
            for name in ["busybox", "sh", "httpd", "sleep", "mkdir"] {
                try FileManager.default.copyItem(
                    atPath: "/bin/busybox",
                    toPath: bin.path(percentEncoded: false) + "/" + name
                )
            }
            let registry = try await StubRegistry.serve(folder, failures: failures)
            try await body(registry, .init { $0.image = registry.image })
            try await registry.close()
        }
    }

    @Test("it is pulled once for all who wait for it, and has no account but gets one")
    func pulled() async throws {
        try await withRegistry { registry, change in
            try await withDockerHarness(change) { harness in
                let provider = harness.provider()
                let ids = (0..<3).map { SessionID("\(harness.id)-\($0)") }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in ids { group.addTask { try await provider.create(LocalHarness.spec(id)) } }
                    try await group.waitForAll()
                }
                #expect(try await provider.list().map(\.sessionID) == ids)
                try await provider.start(ids[0])
                let passwd = try await harness.client.archive(
                    of: "/etc/passwd",
                    in: DockerNames.container(ids[0]),
                    maximum: 4096
                )
                guard case .bytes(let text) = passwd.first?.content else {
                    Issue.record("no /etc/passwd")
                    return
                }
                #expect(String(decoding: text, as: UTF8.self).contains("octobot:x:1000:1000:"))
                #expect(registry.manifestFetches <= 2)
            }
        }
    }

    @Test("it is pulled ahead of the first sandbox, and how that goes is told to its end")
    func prepared() async throws {
        try await withRegistry { registry, change in
            try await withDockerHarness(change) { harness in
                let provider = harness.provider()
                await provider.prepareImage()
                var last: ImagePull?
                for await pull in provider.imagePulls {
                    last = pull
                    if pull.state != .running { break }
                }
                #expect(last?.image == registry.image && last?.state == .completed && last?.completedAt != nil)
                let fetches = registry.manifestFetches
                await provider.prepareImage()
                #expect(registry.manifestFetches == fetches)
            }
        }
    }

    @Test("a pull that fails before anybody wants a sandbox is told with its reason")
    func unprepared() async throws {
        try await withRegistry { registry, _ in
            try await withDockerHarness(.init { $0.image = "127.0.0.1:\(registry.port)/no/such:2" }) { harness in
                let provider = harness.provider()
                await provider.prepareImage()
                for await pull in provider.imagePulls where pull.state != .running {
                    guard case .failed(let reason) = pull.state else {
                        Issue.record("\(pull)")
                        return
                    }
                    #expect(reason.contains("could not be pulled"))
                    break
                }
            }
        }
    }

    @Test("one the registry does not have is said not to be there, at once")
    func missing() async throws {
        try await withRegistry { registry, _ in
            try await withDockerHarness(.init { $0.image = "127.0.0.1:\(registry.port)/no/such:1" }) { harness in
                await #expect { try await harness.provider().create(harness.spec) } throws: { error in
                    guard case .unavailable("sandbox image", let message, _) = error as? SandboxError else {
                        return false
                    }
                    return message.contains("could not be pulled")
                }
            }
        }
    }

    @Test("a newer image makes older sandboxes outdated")
    func outdated() async throws {
        try await withDockerHarness(.init { $0.image = "test/outdated:1" }) { harness in
            let name = try #require(ImageReference("test/outdated:1"))
            try await harness.engine.docker("tag", TestEngine.busyboxImage, "test/outdated:1")
            let provider = harness.provider()
            try await provider.create(harness.spec)
            #expect(try await provider.sandbox(harness.id)?.isOutdated == false)
            let entries = [TarEntry("new", .bytes([]), mode: 0o644)]
            _ = try await harness.client.importImage(name, from: entries)
            #expect(try await provider.sandbox(harness.id)?.isOutdated == true)
            #expect(try await provider.list().map(\.isOutdated) == [true])
            try await provider.remove(harness.id, data: .delete)
            try await harness.client.removeImage("test/outdated:1")
        }
    }
}
