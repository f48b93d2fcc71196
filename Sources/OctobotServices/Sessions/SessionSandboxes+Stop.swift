import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI

extension SessionSandboxes {
    /// Stops the sandbox and marks the session `stopped`.
    ///
    /// Nothing of it is left three seconds after the stop was asked for, even if its service does not end by itself.
    func stop(_ session: Session) async throws(Fault) {
        try await locks.withLock(session.id) { () async throws(Fault) in
            try await stopLocked(session, grace: .seconds(1))
        }
    }

    /// Stops the sandbox, whatever goes on in it, and marks the session `error`.
    ///
    /// - Parameter cause: For people, in the session's error.
    func end(_ session: Session, because cause: String) async throws(Fault) {
        try await locks.withLock(session.id) { () async throws(Fault) in
            try await stopLocked(session, grace: .seconds(2), error: cause)
        }
    }

    /// Stops the sandbox of a session that nobody has used since `deadline`, unless it turns out to be in use.
    ///
    /// Whoever wants the sandbox while it is being stopped waits for the end and starts it again (behaviour.md F-47).
    /// - Returns: Whether it was stopped.
    func stopIdle(_ id: SessionID, unusedSince deadline: Timestamp) async throws(Fault) -> Bool {
        try await locks.withLock(id) { () async throws(Fault) in
            guard let session = try await quiet(id, since: deadline) else { return false }
            // Looked at again: the agent took its time to answer.
            guard await !isBusy(session), try await quiet(id, since: deadline) != nil else { return false }
            try await stopLocked(session, grace: .seconds(10))
            return true
        }
    }

    /// The session, if by what is known here nothing goes on in it.
    private func quiet(_ id: SessionID, since deadline: Timestamp) async throws(Fault) -> Session? {
        let activity = activity
        return try await ledger.read { reader in
            guard let session = try reader.session(id, in: nil), [.ready, .running].contains(session.status),
                let written = try reader.lastActivity(id), let last = activity.lastUse(of: id, written: written),
                last <= deadline
            else { return nil }
            // A pending approval belongs to a turn that has not ended.
            guard try reader.activeTurns(in: id).isEmpty,
                try reader.activeJob(type: .sessionInit, resourceID: id.rawValue) == nil,
                try reader.activeJob(type: .sessionDelete, resourceID: id.rawValue) == nil,
                try reader.activeCommit(of: session) == nil
            else { return nil }
            return session
        }
    }

    /// Whether a terminal runs in the sandbox, watched or not; also when it does not say.
    private func isBusy(_ session: Session) async -> Bool {
        guard await isRunning(session) else { return false }
        do {
            let agent = try await agent(of: session)
            return try await withDeadline(.seconds(3)) { try await agent.terminals().contains(where: \.isRunning) }
        } catch {
            return true
        }
    }

    private func stopLocked(_ session: Session, grace: Duration, error cause: String? = nil) async throws(Fault) {
        let provider = try providers.named(session.provider)
        do throws(SandboxError) {
            try await provider.stop(session.id, grace: grace)
        } catch {
            switch error {
            case .notFound, .notRunning:
                // Stopped already is what was asked for.
                break
            default: throw error.fault
            }
        }
        // The starting states too: an initialisation that was cancelled for this stop leaves them behind.
        let from = SessionStatus.starting.union([.ready, .running])
        try await ledger.write { transaction, wakes in
            // One that was queued meanwhile goes on.
            guard try transaction.activeJob(type: .sessionInit, resourceID: session.id.rawValue) == nil else { return }
            let state = cause == nil ? SessionStatus.stopped : .error
            let evidence = StateCause(.request, cause ?? "The sandbox was stopped.")
            if try transaction.transition(session: session.id, from: from, to: state, error: cause, cause: evidence) {
                try transaction.publish(session: session.id, &wakes)
            }
        }
    }
}

extension SessionStatus {
    /// The states of a session whose sandbox is on its way up.
    static let starting: Set<SessionStatus> = [
        .initializing, .reinitializing, .cloning, .pullingImage, .creatingSandbox,
    ]
}
