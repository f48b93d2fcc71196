import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The daemon as a service manager starts it (sd_listen_fds(3), sd_notify(3)).
@Suite("activation", .serialized, .timeLimit(.minutes(3)))
struct ActivationTests {
    @Test("the first connection starts it through systemd-socket-activate")
    func socketActivate() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-socket-activate") else {
            print("skipped: systemd-socket-activate is not installed (Debian package systemd)")
            return
        }
        try await withTemporaryDirectory { folder in
            let world = TestDaemon(folder: folder, variables: ["PORT": "off"])
            let variables = world.environment.filter { $0.key != "OCTOBOT_SOCKET" }
            let activator = try ChildProcess(
                "/usr/bin/systemd-socket-activate",
                ["-l", world.socketPath, "--fdname=rpc"] + variables.map { "--setenv=\($0.key)=\($0.value)" }
                    + [Products.octobotd],
                environment: world.environment,
                output: folder.appending(path: "log").path(percentEncoded: false)
            )
            while !FileManager.default.fileExists(atPath: world.socketPath) { await Task.yield() }
            let answer = try await RPCPeer(path: world.socketPath).call("rpc.ping")
            #expect(answer["instance"]?.stringValue?.isEmpty == false)
            activator.send(SIGTERM)
            _ = await activator.status
        }
    }

    @Test("inherited sockets are served, readiness is told, and an idle daemon leaves for the next to start")
    func inherited() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.path(percentEncoded: false)
            let world = TestDaemon(folder: folder, variables: ["PORT": "off", "OCTOBOT_IDLE_EXIT": "300ms"])
            let listener = try UnixListener(path: world.socketPath)
            for life in 1...2 {
                let notify = try NotifySocket(path: root + "/notify\(life)")
                var environment = world.environment
                environment["NOTIFY_SOCKET"] = notify.path
                environment["LISTEN_FDS"] = "1"
                environment["LISTEN_FDNAMES"] = "rpc"
                // Only the process itself knows its id.
                let daemon = try ChildProcess(
                    "/bin/sh",
                    ["-c", "LISTEN_PID=$$ exec \(Products.octobotd)"],
                    environment: environment,
                    output: root + "/log",
                    inherited: [listener.descriptor]
                )
                let peer = try RPCPeer(path: world.socketPath)
                _ = try await peer.call("rpc.ping")
                var told: [String] = []
                for await message in notify.messages {
                    told.append(message)
                    if message.contains("READY=1") { peer.disconnect() }
                    if message.contains("STOPPING=1") { break }
                }
                #expect(told.contains { $0.contains("READY=1") })
                #expect(await daemon.status == 0)
                notify.close()
                // The listener is ours: the path stays and the next connection waits in it.
                #expect(FileManager.default.fileExists(atPath: world.socketPath))
            }
        }
    }

    @Test("stopping says goodbye to subscribers and exits 0")
    func gracefulStop() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let peer = try daemon.connect()
            let (_, events) = try await peer.subscribe("event.subscribe", [:])
            async let status = daemon.stop()
            var last = JSONValue.null
            for await item in events { last = item }
            #expect(last["type"] == "end")
            #expect(last["resume"]?.stringValue?.isEmpty == false)
            #expect(await status == 0)
        }
    }
}
