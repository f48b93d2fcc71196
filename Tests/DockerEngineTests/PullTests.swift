import DockerEngine
import Foundation
import OctobotTestSupport
import Synchronization
import Testing

@Suite("Pulling images from a registry", .timeLimit(.minutes(2)), .enabled(if: Engine.isUsable, Engine.reason))
struct PullTests {
    /// Serves a folder with one file of a megabyte that does not compress.
    private func withRegistry(
        authorization: String? = nil,
        _ body: (StubRegistry) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            var generator = SystemRandomNumberGenerator()
            let bytes = (0..<(1 << 17)).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64) { Array($0) } }
            try Data(bytes).write(to: folder.appending(path: "noise"))
            let registry = try await StubRegistry.serve(folder, authorization: authorization)
            try await body(registry)
            try await registry.close()
        }
    }

    @Test("an image comes with its progress")
    func pull() async throws {
        let client = try await Engine.client()
        try await withRegistry { registry in
            let image = try #require(ImageReference(registry.image))
            let seen = Mutex<[PullProgress]>([])
            try await client.pullImage(image) { progress in seen.withLock { $0.append(progress) } }
            #expect(try await client.inspectImage(registry.image).environment == ["PATH": "/bin"])
            let last = try #require(seen.withLock { $0.last })
            #expect(last.total > 1 << 20)
            #expect(last.current == last.total)
            try await client.removeImage(registry.image)
        }
    }

    @Test("a registry that wants credentials gets those of the docker command")
    func credentials() async throws {
        let client = try await Engine.client()
        try await withRegistry(authorization: "Basic bWU6c2VjcmV0") { registry in
            let image = try #require(ImageReference(registry.image))
            await #expect { try await client.pullImage(image) } throws: { error in
                guard case .unauthorized = error as? DockerError else { return false }
                return true
            }
            try await withTemporaryDirectory { folder in
                let text = #"{"auths":{"\#(image.registry)":{"auth":"bWU6c2VjcmV0"}}}"#
                try Data(text.utf8).write(to: folder.appending(path: "config.json"))
                let environment = ["DOCKER_CONFIG": folder.path(percentEncoded: false)]
                let header = RegistryCredentials.header(for: image, environment: environment)
                try await client.pullImage(image, credentials: header)
            }
            try await client.removeImage(registry.image)
        }
    }

    @Test("an image the registry does not have is not there")
    func missing() async throws {
        let client = try await Engine.client()
        try await withRegistry { registry in
            let image = try #require(ImageReference("127.0.0.1:\(registry.port)/test/other:1"))
            await #expect { try await client.pullImage(image) } throws: { error in
                guard case .notFound = error as? DockerError else { return false }
                return true
            }
        }
    }
}
