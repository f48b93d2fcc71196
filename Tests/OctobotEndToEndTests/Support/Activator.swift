import CLinux
import Foundation
import OctobotTestSupport
import Synchronization

/// Holds both sockets and starts the daemon whenever somebody waits on one, as a service manager does.
final class Activator: Sendable {
    let world: TestDaemon
    /// How each daemon ended, in their order.
    let exits: AsyncStream<ChildProcess.Status>

    private let feed: AsyncStream<ChildProcess.Status>.Continuation
    private let rpc: UnixListener
    private let http: LoopbackListener
    private let end = Pipe()
    private let child = Mutex<ChildProcess?>(nil)

    init(folder: URL, variables: [String: String]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What the unit of the HTTP socket says counts, not the port.
        world = TestDaemon(folder: folder, variables: variables)
        rpc = try UnixListener(path: world.socketPath)
        http = try LoopbackListener()
        (exits, feed) = AsyncStream.makeStream()
    }

    var browser: Browser { Browser(base: "http://127.0.0.1:\(http.port)") }

    /// Starts daemons until ``stop()``; each leaves by itself.
    func run() async throws {
        defer { feed.finish() }
        while await somebodyWaits() {
            var environment = world.environment
            environment["PORT"] = nil
            environment["LISTEN_FDS"] = "2"
            environment["LISTEN_FDNAMES"] = "rpc:http"
            // Only the process itself knows its id.
            let daemon = try ChildProcess(
                "/bin/sh",
                ["-c", "LISTEN_PID=$$ exec \(Products.octobotd)"],
                environment: environment,
                output: world.folder.appending(path: "octobotd.log").path(percentEncoded: false),
                inherited: [rpc.descriptor, http.descriptor]
            )
            child.withLock { $0 = daemon }
            feed.yield(await daemon.status)
            child.withLock { $0 = nil }
        }
    }

    /// No more daemons after the one that runs.
    func stop() { try? end.fileHandleForWriting.close() }

    /// Ends the one that runs as well.
    func kill() {
        stop()
        child.withLock { $0 }?.send(SIGKILL)
    }

    private func somebodyWaits() async -> Bool {
        let descriptors = [end.fileHandleForReading.fileDescriptor, rpc.descriptor, http.descriptor]
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var queries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                while poll(&queries, nfds_t(queries.count), -1) < 0, errno == EINTR {}
                continuation.resume(returning: queries[0].revents == 0)
            }
        }
    }
}

/// Runs `body` beside an activator; returns when its last daemon has left by itself.
func withActivator<Value: Sendable>(
    _ variables: [String: String],
    _ body: @Sendable (Activator) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { folder in
        let activator = try Activator(folder: folder, variables: variables)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await activator.run() }
            do {
                let value = try await body(activator)
                activator.stop()
                try await group.waitForAll()
                return value
            } catch {
                print("--- octobotd.log\n\(activator.world.log.suffix(6000))\n---")
                activator.kill()
                throw error
            }
        }
    }
}
