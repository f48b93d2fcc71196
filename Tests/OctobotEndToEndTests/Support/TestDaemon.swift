import CLinux
import Foundation
import JSONText
import OctobotAPI
import OctobotTestSupport
import Testing

/// The built octobotd with a world of its own in a scratch folder, killed and started at will.
actor TestDaemon {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    nonisolated let folder: URL
    nonisolated let environment: [String: String]
    nonisolated let socketPath: String
    private var process: ChildProcess?
    private var starts = 0

    init(folder: URL, variables: [String: String] = [:]) {
        self.folder = folder
        let path = folder.path(percentEncoded: false)
        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
        socketPath = root + "/d.sock"
        let inherited = ProcessInfo.processInfo.environment.filter {
            ["PATH", "LANG", "LD_LIBRARY_PATH"].contains($0.key)
        }
        environment = inherited.merging([
            "HOME": root + "/home", "XDG_DATA_HOME": root + "/data", "XDG_STATE_HOME": root + "/state",
            "XDG_CONFIG_HOME": root + "/config", "XDG_RUNTIME_DIR": root + "/run", "OCTOBOT_SOCKET": socketPath,
            "PORT": "0", "SANDBOX_PROVIDER": "local", "OCTOBOT_LOG_LEVEL": "debug",
        ]) { $1 }.merging(variables) { $1 }
        try? FileManager.default.createDirectory(atPath: root + "/home", withIntermediateDirectories: true)
    }

    /// What it has written so far.
    nonisolated var log: String {
        (try? String(contentsOf: folder.appending(path: "octobotd.log"), encoding: .utf8)) ?? ""
    }

    /// Starts it and returns when it says `READY=1` (sd_notify(3)).
    ///
    /// - Parameter launcher: A command that becomes what it is given as its last argument.
    func start(through launcher: [String] = []) async throws {
        starts += 1
        let notify = try NotifySocket(path: folder.appending(path: "n\(starts)").path(percentEncoded: false))
        var environment = environment
        environment["NOTIFY_SOCKET"] = notify.path
        let command = launcher + [Products.octobotd]
        let child = try ChildProcess(
            command[0],
            Array(command.dropFirst()),
            environment: environment,
            output: folder.appending(path: "octobotd.log").path(percentEncoded: false)
        )
        process = child
        // Its end ends the messages, so that one wait covers both.
        let end = Task {
            _ = await child.status
            notify.close()
        }
        let isReady = await notify.messages.contains { $0.contains("READY=1") }
        notify.close()
        if isReady { end.cancel() }
        guard isReady else { throw Failure(description: "octobotd did not start:\n\(log.suffix(3000))") }
    }

    /// `kill -9`, awaited.
    func kill() async {
        process?.send(SIGKILL)
        _ = await process?.status
        process = nil
    }

    /// SIGTERM, awaited.
    @discardableResult
    func stop() async -> ChildProcess.Status? {
        process?.send(SIGTERM)
        let status = await process?.status
        process = nil
        return status
    }

    var pid: pid_t? { process?.pid }

    /// A connection whose traffic is held against the declarations; what they do not cover fails the test.
    nonisolated func connect() throws -> RPCPeer {
        let conversation = ConversationValidator()
        return try RPCPeer(
            path: socketPath,
            watcher: RPCPeer.Watcher(sent: conversation.sent) { message in
                let before = conversation.violations.count
                conversation.received(message)
                for violation in conversation.violations.dropFirst(before) { Issue.record("\(violation)") }
            }
        )
    }

    /// A connection that nothing looks at, for very many messages.
    nonisolated func connectUnwatched() throws -> RPCPeer { try RPCPeer(path: socketPath) }

    /// Such as `http://127.0.0.1:41234`.
    nonisolated func gateway() async throws -> String {
        guard let url = try await connect().call("system.status")["gateway"]?.stringValue else {
            throw Failure(description: "no gateway")
        }
        return url
    }

    /// Stops every sandbox and the daemon, whatever state they are in.
    func tearDown() async {
        if process == nil { try? await start() }
        if let peer = try? connect(), let sessions = try? await peer.call("session.list", ["limit": 500]) {
            for session in sessions["items"]?.arrayValue ?? [] {
                guard let id = session["id"] else { continue }
                _ = try? await peer.call("session.stop", ["sessionId": id, "force": true])
            }
        }
        await stop()
    }
}

/// Runs `body` with a started daemon in a scratch folder and leaves nothing running behind.
func withDaemon<Value: Sendable>(
    _ variables: [String: String] = [:],
    isStarted: Bool = true,
    _ body: (TestDaemon) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { folder in
        let daemon = TestDaemon(folder: folder, variables: variables)
        do {
            if isStarted { try await daemon.start() }
            let value = try await body(daemon)
            await daemon.tearDown()
            return value
        } catch {
            print("--- octobotd.log\n\(daemon.log.suffix(6000))\n---")
            await daemon.tearDown()
            throw error
        }
    }
}
