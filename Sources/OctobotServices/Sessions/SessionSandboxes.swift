import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI
import Sealing

/// The sandbox behind each session: makes it run when it is needed and reaches its agent.
package struct SessionSandboxes: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders
    private let jobs: JobService
    private let key: SecretKey
    private let activity: SandboxActivity
    private let logger: Logger

    init(
        ledger: Ledger,
        providers: SandboxProviders,
        jobs: JobService,
        key: SecretKey,
        activity: SandboxActivity,
        logger: Logger
    ) {
        self.ledger = ledger
        self.providers = providers
        self.jobs = jobs
        self.key = key
        self.activity = activity
        self.logger = logger
    }

    /// The secret the session's sandbox checks; derived, never stored (decision 26).
    func secret(of session: SessionID) async throws(Fault) -> String {
        guard let nonce = try await ledger.read({ try $0.secretNonce(session) }) else {
            throw .notFound("session", session)
        }
        return key.sandboxSecret(sessionID: session.rawValue, nonce: nonce)
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

    /// Whether the session's sandbox runs now, by its provider's word.
    func isRunning(_ session: Session) async -> Bool {
        guard let provider = try? providers.named(session.provider) else { return false }
        return await provider.sandbox(session.id)?.status == .running
    }

    /// Whether the session's sandbox exists in any state.
    func exists(_ session: Session) async -> Bool {
        guard let provider = try? providers.named(session.provider) else { return false }
        return await provider.sandbox(session.id) != nil
    }

    /// Queues the sandbox's start when it does not run.
    func begin(_ session: Session) async throws(Fault) -> Session {
        let isRunning = await isRunning(session)
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
                error: nil
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

    /// Stops the sandbox and marks the session `stopped`.
    func stop(_ session: Session) async throws(Fault) {
        let provider = try providers.named(session.provider)
        do {
            try await provider.stop(session.id, grace: .seconds(5))
        } catch .notFound, .notRunning {
            // Stopped already is what was asked for.
        } catch {
            throw error.fault
        }
        // The starting states too: an initialisation that was cancelled for this stop leaves them behind.
        let from: Set<SessionStatus> = [
            .initializing, .reinitializing, .cloning, .pullingImage, .creatingSandbox, .ready, .running,
        ]
        try await ledger.write { transaction, wakes in
            if try transaction.transition(session: session.id, from: from, to: .stopped, error: nil) {
                try transaction.publish(session: session.id, &wakes)
            }
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

extension SandboxError {
    var fault: Fault {
        switch self {
        case .notFound: Fault(.upstreamFailed, "The session's sandbox is gone.", reason: "sandbox.notFound")
        case .alreadyExists: Fault(.upstreamFailed, "The sandbox exists already.", reason: "sandbox.exists")
        case .notRunning: Fault(.upstreamFailed, "The sandbox does not run.", reason: "sandbox.notRunning")
        case .alreadyRunning: Fault(.upstreamFailed, "The sandbox runs already.", reason: "sandbox.running")
        case .unavailable(let component, let message, let hint): .unavailable(component, message, hint: hint)
        case .startFailed(let message, let log):
            Fault(
                .upstreamFailed,
                message,
                reason: "sandbox.startFailed",
                details: log.isEmpty ? [:] : ["log": .string(log)]
            )
        case .failed(let message): Fault(.upstreamFailed, message, reason: "sandbox.failed")
        }
    }
}

extension SandboxAgentError {
    /// Whether asking again gets the same answer.
    var isPermanent: Bool {
        switch self {
        case .unauthorized, .invalidAnswer, .refused(400..<500, _, _): true
        case .unreachable, .notFound, .conflict, .refused: false
        }
    }

    func fault(doing what: String) -> Fault {
        switch self {
        case .unreachable(let message):
            Fault(.upstreamFailed, "The sandbox did not answer while \(what): \(message)", reason: "agent.unreachable")
        case .unauthorized:
            Fault(.upstreamFailed, "The sandbox refused octobotd's secret.", reason: "agent.unauthorized")
        case .notFound: Fault(.notFound, "The sandbox does not know it.", reason: "agent.notFound")
        case .conflict(let id):
            Fault(.invalidState, "The agent is busy.", reason: "agent.busy", details: ["turnId": .string(id)])
        case .refused(let status, let code, let message):
            switch status {
            case 400: Fault(.invalidParams, message, reason: code)
            case 403: Fault(.permissionDenied, message, reason: code)
            case 404: Fault(.notFound, message, reason: code)
            case 409 where code == ErrorBody.versionConflict:
                Fault(.versionConflict, "The file is not the one that was read.", reason: code)
            case 413: Fault(.requestTooLarge, message, reason: code)
            case 429: Fault(.overloaded, message, reason: code)
            case 507:
                Fault(
                    .upstreamFailed,
                    "The disk of the sandbox is full: \(message)",
                    reason: "sandbox.diskFull",
                    hint: "Delete what is not needed, in the sandbox or on the disk it lies on."
                )
            default: Fault(.upstreamFailed, message, reason: code)
            }
        case .invalidAnswer(let message):
            Fault(.upstreamFailed, "The sandbox's answer could not be read: \(message)", reason: "agent.invalidAnswer")
        }
    }
}
