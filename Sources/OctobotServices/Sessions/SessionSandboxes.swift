import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI
import Sealing

/// The sandbox behind each session: makes it run when it is needed and reaches its agent.
package struct SessionSandboxes: Sendable {
    let ledger: Ledger
    let providers: SandboxProviders
    private let jobs: JobService
    private let keys: SealingKeys
    let activity: SandboxActivity
    private let logger: Logger
    /// Taken for a stop, and for the look that a state is concluded from; never while a sandbox starts.
    let locks = KeyedLocks<SessionID>()

    init(
        ledger: Ledger,
        providers: SandboxProviders,
        jobs: JobService,
        keys: SealingKeys,
        activity: SandboxActivity,
        logger: Logger
    ) {
        self.ledger = ledger
        self.providers = providers
        self.jobs = jobs
        self.keys = keys
        self.activity = activity
        self.logger = logger
    }

    /// The secret the session's sandbox checks; derived, never stored (decision 26).
    func secret(of session: SessionID) async throws(Fault) -> String {
        let (nonce, root) = try await ledger.read { try ($0.secretNonce(session), $0.sealedSandboxKey()) }
        guard let nonce else { throw .notFound("session", session) }
        return keys.sandboxKey(stored: root).secret(sessionID: session.rawValue, nonce: nonce)
    }

    /// The agent of a sandbox that is believed to run; does not start anything.
    func agent(of session: Session) async throws(Fault) -> any SandboxAgent {
        let provider = try providers.named(session.provider)
        let secret = try await secret(of: session.id)
        do {
            return try provider.agent(session.id, secret: secret)
        } catch {
            throw error.fault
        }
    }

    /// What is known of a session's sandbox, by its provider's word.
    enum Sight: Sendable {
        case running
        /// There, but not running.
        case down
        case absent
        /// The provider cannot look now, and why: `Unavailable`.
        case hidden(Fault)
    }

    func sight(of session: Session) async -> Sight {
        do {
            guard let sandbox = try await providers.named(session.provider).sandbox(session.id) else { return .absent }
            return sandbox.status == .running ? .running : .down
        } catch let error as SandboxError {
            let fault = error.fault
            return .hidden(fault.kind == .unavailable ? fault : .unavailable(session.provider, fault.message))
        } catch {
            return .hidden(error as? Fault ?? Fault(.internalError, "Internal error."))
        }
    }

    /// Whether the session's sandbox runs now; of one that cannot be looked at this is not known.
    func isRunning(_ session: Session) async -> Bool {
        if case .running = await sight(of: session) { true } else { false }
    }

    /// Queues the sandbox's start when it does not run.
    ///
    /// - Throws: `Unavailable` when the provider cannot be asked.
    func begin(_ session: Session) async throws(Fault) -> Session {
        // A stop that has begun is over before the state is looked at.
        await locks.withLock(session.id) {}
        let isRunning: Bool
        switch await sight(of: session) {
        case .running: isRunning = true
        case .down, .absent: isRunning = false
        case .hidden(let fault): throw fault
        }
        return try await ledger.write { transaction, wakes in
            guard let session = try transaction.session(session.id, in: session.projectID) else {
                throw Fault.notFound("session", session.id)
            }
            switch session.status {
            case .removing, .removed: throw Fault.removing(session)
            case .ready, .running:
                if isRunning { return session }
            case .initializing, .reinitializing, .cloning, .pullingImage, .creatingSandbox, .stopped, .error: break
            }
            if try transaction.transition(
                session: session.id,
                from: [.ready, .running, .stopped, .error],
                to: .reinitializing,
                error: nil,
                cause: StateCause(.request, "The session is wanted and its sandbox is down.")
            ) {
                try transaction.publish(session: session.id, &wakes)
            }
            try transaction.enqueueInit(of: session)
            wakes.ring(.jobs)
            return try transaction.session(session.id, in: session.projectID) ?? session
        }
    }

    /// The agent of the session's sandbox, which runs when this returns; counts as use of the session.
    ///
    /// - Throws: ``Fault`` with what kept the sandbox from running.
    func running(_ session: Session) async throws(Fault) -> any SandboxAgent {
        activity.touch(session.id)
        // Nothing is started for a session on its way out, but its turns are followed to their end.
        if session.status == .removing, await isRunning(session) { return try await agent(of: session) }
        var session = session
        for _ in 0..<3 {
            session = try await begin(session)
            if session.status == .ready || session.status == .running { return try await agent(of: session) }
            try await initialized(session)
            guard
                let updated = try await ledger.read({ [session] in try $0.session(session.id, in: session.projectID) })
            else { throw .notFound("session", session.id) }
            session = updated
        }
        throw Fault(.upstreamFailed, "The session's sandbox does not stay up.", reason: "sandbox.unstable")
    }

    /// Waits for the session's active initialisation.
    private func initialized(_ session: Session) async throws(Fault) {
        let active = try await ledger.read { try $0.activeJob(type: .sessionInit, resourceID: session.id.rawValue) }
        guard let active else { return }
        do {
            let job = try await jobs.ended(active.id, in: session.projectID)
            guard job.status != .completed else { return }
            if job.status == .cancelled {
                throw Fault(.upstreamFailed, "The sandbox's start was cancelled.", reason: "session.initCancelled")
            }
            throw Fault(
                .upstreamFailed,
                job.error ?? "The sandbox could not be started.",
                reason: job.reason ?? "session.initFailed",
                details: ["jobId": .string(job.id.rawValue)]
            )
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled; the sandbox is still being started.")
        }
    }

    /// Brings a kept session's data back in place.
    func restoreData(of session: SessionID, in project: ProjectID) async throws(Fault) {
        guard let provider = try await ledger.read({ try $0.keptProvider(session) }) else {
            throw .notFound("kept session", session)
        }
        do {
            try await providers.named(provider).restore(session)
        } catch let error as SandboxError {
            throw error.fault
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.internalError, "Internal error.")
        }
    }
}
