import DockerEngine
import OctobotTestSupport
import Testing

/// Whether tests of a real engine can run here, and the comment that says why not.
enum Engine {
    static let isUsable = TestEngine.unavailable == nil
    static let reason = Comment(rawValue: TestEngine.unavailable ?? "a Docker engine can run here")

    /// A client of the engine this process shares.
    static func client() async throws -> DockerClient {
        DockerClient(socket: try await TestEngine.shared().socket)
    }

    /// Runs `body` with a container that runs `command`, and removes it afterwards.
    @discardableResult
    static func withContainer<Result>(
        _ client: DockerClient,
        command: [String] = ["sleep", "1000"],
        isolation: isolated (any Actor)? = #isolation,
        configure: (inout ContainerSpec) -> Void = { _ in },
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        var spec = ContainerSpec(image: TestEngine.busyboxImage)
        spec.command = command
        configure(&spec)
        let id = try await client.createContainer(spec)
        do {
            try await client.startContainer(id)
            let result = try await body(id)
            try await client.removeContainer(id, isForced: true)
            return result
        } catch {
            // The test fails with the first error; what is left goes with the engine.
            try? await client.removeContainer(id, isForced: true)
            throw error
        }
    }
}
