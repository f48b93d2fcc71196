import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A daemon that leaves when nobody needs it, and comes back for whoever does (rpc.md §10).
@Suite("idle exit", .serialized, .timeLimit(.minutes(4)))
struct IdleExitTests {
    private static let once = [("Connection", "close")]

    @Test("a browser's request starts the daemon, which leaves when it is idle, and the next request starts another")
    func browser() async throws {
        try await withActivator(["OCTOBOT_IDLE_EXIT": "200ms"]) { activator in
            var exits = activator.exits.makeAsyncIterator()
            for _ in 1...2 {
                let answer = try await activator.browser.send("GET", "/health", fields: Self.once)
                #expect(answer.status == 200, "\(answer)")
                #expect(await exits.next() == 0)
            }
        }
    }

    @Test("an open HTTP connection keeps it, however long it is quiet")
    func openConnection() async throws {
        let variables = ["OCTOBOT_IDLE_EXIT": "100ms"]
        try await withActivator(variables) { activator in
            let status = try await activator.browser.stream("GET", "/api/projects/local/events") { _ in
                let peer = try RPCPeer(path: activator.world.socketPath)
                let before = try await peer.call("rpc.ping")
                peer.disconnect()
                // How long that is, another daemon tells that nobody keeps.
                try await withActivator(variables) { other in
                    var exits = other.exits.makeAsyncIterator()
                    for _ in 1...2 {
                        _ = try await other.browser.send("GET", "/health", fields: Self.once)
                        #expect(await exits.next() == 0)
                    }
                }
                let later = try RPCPeer(path: activator.world.socketPath)
                #expect(try await later.call("rpc.ping") == before)
                later.disconnect()
                return false
            }
            #expect(status == 200)
        }
    }

    @Test("nobody who comes while it leaves is lost, on either socket")
    func leaving() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let starts = try await withActivator(["OCTOBOT_IDLE_EXIT": "1ms", "OCTOBOT_LOG_LEVEL": "notice"]) { activator in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<3 {
                    group.addTask {
                        var random = SeededGenerator(seed: seed &+ UInt64(client))
                        for _ in 0..<25 {
                            if client == 0 {
                                let answer = try await activator.browser.send("GET", "/health", fields: Self.once)
                                #expect(answer.status == 200)
                            } else {
                                let peer = try RPCPeer(path: activator.world.socketPath)
                                #expect(try await peer.call("system.version")["version"] != nil)
                                peer.disconnect()
                            }
                            // Around the moment at which the daemon leaves, not at it.
                            let moment = ContinuousClock.now + .microseconds(Int.random(in: 0...6000, using: &random))
                            while ContinuousClock.now < moment { await Task.yield() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            activator.stop()
            return await activator.exits.reduce(into: 0) { count, status in
                #expect(status == 0)
                count += 1
            }
        }
        // One that never left would show nothing.
        #expect(starts > 5)
    }

    @Test("one that had to open a socket by itself stays, and says why")
    func selfBound() async throws {
        try await withTemporaryDirectory { folder in
            let world = TestDaemon(folder: folder, variables: ["OCTOBOT_IDLE_EXIT": "1ms"])
            let listener = try UnixListener(path: world.socketPath)
            let daemon = try start(world, ["rpc": listener.descriptor])
            let peer = try RPCPeer(path: world.socketPath)
            #expect(try await peer.call("system.status")["gateway"] != nil)
            #expect(world.log.contains("Stays when idle"))
            peer.disconnect()
            daemon.send(SIGTERM)
            #expect(await daemon.status == 0)
        }
    }

    @Test("an HTTP socket that is handed over although PORT is off stops the start")
    func contradiction() async throws {
        try await withTemporaryDirectory { folder in
            let world = TestDaemon(folder: folder, variables: ["PORT": "off"])
            let listener = try LoopbackListener()
            let daemon = try start(world, ["http": listener.descriptor])
            #expect(await daemon.status == 78)
            #expect(world.log.contains("PORT='off'"))
            #expect(world.log.contains("octobotd-http.socket"))
        }
    }

    /// Starts the daemon with one socket.
    private func start(_ world: TestDaemon, _ socket: [String: Int32]) throws -> ChildProcess {
        var environment = world.environment
        environment["LISTEN_FDS"] = "\(socket.count)"
        environment["LISTEN_FDNAMES"] = socket.keys.joined(separator: ":")
        return try ChildProcess(
            "/bin/sh",
            ["-c", "LISTEN_PID=$$ exec \(Products.octobotd)"],
            environment: environment,
            output: world.folder.appending(path: "octobotd.log").path(percentEncoded: false),
            inherited: Array(socket.values)
        )
    }
}
