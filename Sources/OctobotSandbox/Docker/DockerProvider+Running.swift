import DockerEngine
import NIOCore
import NIOHTTP1
import NIOPosix
package import OctobotModel
import Synchronization

extension DockerProvider {
    package func start(_ id: SessionID) async throws(SandboxError) {
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard var details = try await container(id) else { throw .notFound(id) }
            guard details.state.phase != .running else { throw .alreadyRunning(id) }
            state.withLock { state in
                state.ending.remove(id)
                state.starved.remove(details.id)
            }
            let client = try client()
            let spec = try Self.spec(of: details)
            try await note(DockerRecord(spec: spec))
            if let mirror = spec.mirrorPath { try await openMirror(mirror) }
            do throws(SandboxError) {
                do throws(DockerError) {
                    try await run(details, client)
                } catch {
                    // Its network went when nothing ran in it (docker system prune), or has a namesake. All that is the
                    // sandbox's own is in its volume: the container is made anew.
                    switch error {
                    case .notFound, .badRequest: break
                    default: throw Self.startFailure(error)
                    }
                    details = try await remake(details, spec)
                    do throws(DockerError) {
                        try await run(details, client)
                    } catch {
                        throw Self.startFailure(error)
                    }
                }
                try await ready(details.id, id)
            } catch {
                await giveUp(details.id, spec, error)
                throw error
            }
        }
    }

    package func stop(_ id: SessionID, grace: Duration) async throws(SandboxError) {
        guard try await container(id) != nil else { throw .notFound(id) }
        state.withLock { _ = $0.ending.insert(id) }
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard let details = try await container(id) else { throw .notFound(id) }
            guard details.state.phase.isAlive else { throw .notRunning(id) }
            try await end(details, grace: grace)
        }
    }

    /// Ends a container as it was wanted; the session's lock is held.
    func end(_ details: ContainerDetails, grace: Duration) async throws(SandboxError) {
        let spec = try Self.spec(of: details)
        try await note(DockerRecord(spec: spec, wasStopped: true))
        let client = try client()
        do throws(DockerError) {
            // The engine counts whole seconds.
            let seconds = grace.components.seconds + (grace.components.attoseconds > 0 ? 1 : 0)
            try await client.stopContainer(details.id, grace: .seconds(seconds))
        } catch {
            switch error {
            case .notModified, .notFound: break
            default: throw SandboxError(error)
            }
        }
        state.withLock { $0.ports[spec.sessionID] = nil }
    }

    /// Lets the sandbox's user read the mirror, which may belong to another one.
    private func openMirror(_ path: String) async throws(SandboxError) {
        guard geteuid() != uid_t(DockerNames.user) else { return }
        try await blocking { () throws(SandboxError) in try FolderTree.makeReadable(path) }
    }

    private func run(_ details: ContainerDetails, _ client: DockerClient) async throws(DockerError) {
        if details.state.phase == .paused { return try await client.unpauseContainer(details.id) }
        do {
            try await client.startContainer(details.id)
        } catch {
            guard case .notModified = error else { throw error }
        }
    }

    private func remake(_ details: ContainerDetails, _ spec: SandboxSpec) async throws(SandboxError) -> ContainerDetails
    {
        try await removeContainer(details.id)
        try await make(spec, DockerRecord(spec: spec))
        guard let made = try await container(spec.sessionID) else { throw .notFound(spec.sessionID) }
        return made
    }

    private static func startFailure(_ error: DockerError) -> SandboxError {
        switch error {
        case .engineAbsent, .engineUnreachable, .timedOut, .cancelled: SandboxError(error)
        default: .startFailed(message: "The sandbox could not be started: \(error)", log: "")
        }
    }

    /// Waits until the agent answers.
    private func ready(_ container: String, _ id: SessionID) async throws(SandboxError) {
        let begin = ContinuousClock.now
        while true {
            // Looked at before the agent is asked: what ended did not begin to answer afterwards.
            guard
                let details = try await find({ client throws(DockerError) in
                    try await client.inspectContainer(container)
                })
            else { throw .startFailed(message: "The sandbox was removed while it started.", log: "") }
            guard details.state.phase == .running else { throw try await failure(of: details) }
            if let port = Self.port(of: details) {
                note(port: port, of: id)
                if await Self.answers(port) { return }
            }
            if state.withLock({ $0.ending.contains(id) }) {
                throw .startFailed(message: "The sandbox was stopped while it started.", log: "")
            }
            if Task.isCancelled { throw .failed("The start was cancelled.") }
            let waited = begin.duration(to: .now)
            if waited > configuration.startLimit {
                throw .startFailed(
                    message:
                        "The sandbox's agent did not answer within \(configuration.startLimit.components.seconds) s.",
                    log: await log(of: container)
                )
            }
            await Self.pause(after: waited)
        }
    }

    private func failure(of details: ContainerDetails) async throws(SandboxError) -> SandboxError {
        let sandbox = try await view(details)
        let log = await log(of: details.id)
        let cause = sandbox.error?.split(separator: "\n").first.map(String.init)
        return .startFailed(message: cause ?? "The sandbox ended while it started.", log: log)
    }

    /// Leaves no sandbox that runs behind a start that failed.
    private func giveUp(_ container: String, _ spec: SandboxSpec, _ error: SandboxError) async {
        let isWanted = state.withLock { state in
            state.ports[spec.sessionID] = nil
            return state.ending.contains(spec.sessionID)
        }
        var record = DockerRecord(spec: spec, wasStopped: isWanted)
        if !isWanted { record.failure = "\(error)" }
        // Of its own, because the start may fail for being cancelled.
        let cleanup = Task { [record] in
            try await note(record)
            try await ask { client throws(DockerError) in try await client.killContainer(container) }
        }
        // What does not run cannot be killed.
        _ = await cleanup.result
    }

    /// Whether HTTP is spoken at a port; the engine accepts connections before the container does.
    private static func answers(_ port: Int) async -> Bool {
        let endpoint = AgentEndpoint.tcp(host: "127.0.0.1", port: port)
        let connection = AgentConnection(locate: { () async throws(SandboxAgentError) in endpoint }, secret: "")
        var request = AgentConnection.Request(.GET, "/")
        request.limit = .seconds(5)
        do {
            _ = try await connection.send(request)
            return true
        } catch {
            guard case .unreachable = error else { return true }
            return false
        }
    }

    /// Waits until it is time to look again: close to the event when it comes early, cheaply when it comes late.
    static func pause(after waited: Duration) async {
        let nanoseconds = Int64(max(min(waited / .milliseconds(1) * 50_000, 250_000_000), 5_000_000))
        let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .nanoseconds(nanoseconds)) {}
        do {
            try await timer.futureResult.get()
        } catch {
            // The loop is being shut down with the process.
            return
        }
    }
}

extension ContainerState.Phase {
    /// Whether it has processes.
    var isAlive: Bool {
        switch self {
        case .running, .paused, .restarting: true
        case .created, .removing, .exited, .dead: false
        }
    }
}
