import OctobotModel
import OctobotSandbox
import OctobotStore

extension SessionSandboxes {
    /// Does something by hand in the session's sandbox, which is started for it; counts as use of the session.
    ///
    /// A sandbox that turns out to be gone is brought back and the work done once more (behaviour.md §6.4), so `work`
    /// must be something that does no harm when it is done twice.
    ///
    /// - Parameter what: For messages, such as `reading a file`.
    func working<Value: Sendable>(
        in session: Session,
        doing what: String,
        _ work: (any SandboxAgent) async throws(SandboxAgentError) -> Value
    ) async throws(Fault) -> Value {
        let agent = try await running(session)
        do throws(SandboxAgentError) {
            return try await work(agent)
        } catch {
            try Self.checkCancellation()
            guard case .unreachable = error, await !isRunning(session) else { throw error.fault(doing: what) }
        }
        let successor = try await running(session)
        do throws(SandboxAgentError) {
            return try await work(successor)
        } catch {
            try Self.checkCancellation()
            throw error.fault(doing: what)
        }
    }

    /// A call that was cancelled did not fail for what its broken connection looks like.
    static func checkCancellation() throws(Fault) {
        if Task.isCancelled { throw Fault(.cancelled, "The call was cancelled.") }
    }
}

extension Ledger {
    /// The session of this id in the caller's project.
    ///
    /// - Throws: `NotFound` for a missing one and for one of another project alike.
    func session(_ id: SessionID, in project: ProjectID) async throws(Fault) -> Session {
        guard let session = try await read({ try $0.session(id, in: project) }) else {
            throw .notFound("session", id)
        }
        return session
    }
}
