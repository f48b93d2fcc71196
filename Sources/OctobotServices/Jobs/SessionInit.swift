import JSONText
import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI
import Sealing

/// Brings a session's sandbox up (behaviour.md §6.2).
struct SessionInit: JobExecutor {
    let ledger: Ledger
    let providers: SandboxProviders
    let repositories: Repositories
    let sandboxes: SessionSandboxes
    let jobs: JobService

    var type: JobType { .sessionInit }
    var limit: Duration { .seconds(15 * 60) }

    func execute(_ job: Job) async throws {
        let id = SessionID(job.resourceID)
        guard var session = try await ledger.read({ try $0.session(id, in: nil) }), session.status != .removing else {
            throw JobFailure("The session is gone.", isPermanent: true)
        }
        let workspace = try await readyWorkspace(of: session)
        let agent = try await agent(of: session)
        session = try await pinned(session, workspace)
        let provider = try providers.named(session.provider)
        let notes: [String]
        do {
            notes = try await up(session, workspace, agent, provider)
        } catch let error as SandboxError {
            throw error.jobFailure
        }
        try await ledger.write { transaction, wakes in
            let from = SessionStatus.starting.union([.stopped, .error])
            try transaction.setSessionIsolation(id, notes: notes)
            let cause = StateCause(.job, "The sandbox is up.", jobID: job.id)
            if try transaction.transition(session: id, from: from, to: .ready, error: nil, cause: cause) {
                try transaction.publish(session: id, &wakes)
            }
            wakes.ring(.turns(id))
            wakes.ring(.sandboxes)
        }
    }

    /// Makes the sandbox run.
    ///
    /// One of another image, and one that failed, is made anew around its data while it is down; one that runs goes on
    /// until it is stopped.
    /// - Returns: In what it is weaker than promised.
    private func up(
        _ session: Session,
        _ workspace: Workspace,
        _ agent: Agent,
        _ provider: any SandboxProvider
    ) async throws -> [String] {
        let id = session.id
        var sandbox = try await provider.sandbox(id)
        if let found = sandbox, found.status != .running, found.isOutdated || found.status == .failed {
            try await provider.remove(id, data: .keep)
            sandbox = nil
        }
        if sandbox == nil {
            try await move(session, to: .creatingSandbox)
            try await provider.create(try await spec(of: session, workspace, agent))
        }
        if sandbox?.status != .running {
            try await move(session, to: .creatingSandbox)
            do throws(SandboxError) {
                try await provider.start(id)
            } catch {
                switch error {
                case .alreadyRunning:
                    // Somebody started it by hand meanwhile.
                    break
                case .notFound where sandbox != nil:
                    // Only its data was left.
                    try await provider.create(try await spec(of: session, workspace, agent))
                    try await provider.start(id)
                default: throw error
                }
            }
        }
        return try await provider.sandbox(id)?.isolationNotes ?? []
    }

    func gaveUp(_ job: Job, _ failure: JobFailure) async throws {
        let id = SessionID(job.resourceID)
        try await ledger.write { transaction, wakes in
            let from = SessionStatus.starting.union([.stopped, .ready, .running])
            let cause = StateCause(.job, failure.message, jobID: job.id)
            if try transaction.transition(session: id, from: from, to: .error, error: failure.message, cause: cause) {
                try transaction.publish(session: id, &wakes)
            }
        }
    }

    private func move(_ session: Session, to status: SessionStatus) async throws {
        try await ledger.write { transaction, wakes in
            let from = SessionStatus.starting.union([.stopped, .error]).subtracting([status])
            let cause = StateCause(.job, "The sandbox is being made.")
            if try transaction.transition(session: session.id, from: from, to: status, error: nil, cause: cause) {
                try transaction.publish(session: session.id, &wakes)
            }
        }
    }

    private func readyWorkspace(of session: Session) async throws -> Workspace {
        let id = session.workspaceID
        if let active = try await ledger.read({ try $0.activeJob(type: .workspaceInit, resourceID: id.rawValue) }) {
            _ = try await jobs.ended(active.id, in: nil)
        }
        guard var workspace = try await ledger.read({ try $0.workspace(id, in: nil) }) else {
            throw JobFailure("The workspace is gone.", isPermanent: true)
        }
        if workspace.status != .ready {
            // It may have become usable since: the attempt tells (behaviour.md F-87).
            if workspace.sourceType == .git { try await repositories.ensureClone(of: workspace) }
            let ready = try await repositories.ensureMirror(of: workspace)
            try await ledger.write { [workspace] transaction, wakes in
                try transaction.setWorkspaceReady(id, workDir: ready.workDir, commit: ready.head)
                try transaction.publish(
                    workspace: id,
                    in: workspace.projectID,
                    status: WorkspaceStatus.ready.rawValue,
                    &wakes
                )
            }
            workspace = try await ledger.read { try $0.workspace(id, in: nil) } ?? workspace
        }
        return workspace
    }

    private func agent(of session: Session) async throws -> Agent {
        let agent = try await ledger.write { transaction, wakes -> Agent? in
            if let id = session.agentID, let agent = try transaction.agent(id, in: session.projectID) { return agent }
            guard let agent = try transaction.defaultAgent(in: session.projectID) else { return nil }
            try transaction.setSessionAgent(session.id, to: agent.id)
            try transaction.publish(session: session.id, &wakes)
            return agent
        }
        guard let agent else {
            throw JobFailure(
                "The project has no agent. Create one, for example with 'octoctl agent create demo'.",
                reason: "agent.none",
                isPermanent: true
            )
        }
        return agent
    }

    /// Fixes the commit the session starts from, once.
    private func pinned(_ session: Session, _ workspace: Workspace) async throws -> Session {
        if session.workspaceCommit != nil { return session }
        let commit = try await repositories.pin(session: session.id, in: workspace)
        try await ledger.write { transaction, wakes in
            try transaction.pinSession(session.id, path: workspace.workDir ?? workspace.path, commit: commit)
            try transaction.publish(session: session.id, &wakes)
            try transaction.moveWorkspace(workspace.id, to: commit, &wakes)
        }
        guard let pinned = try await ledger.read({ try $0.session(session.id, in: nil) }) else {
            throw JobFailure("The session is gone.", isPermanent: true)
        }
        return pinned
    }

    private func spec(of session: Session, _ workspace: Workspace, _ agent: Agent) async throws -> SandboxSpec {
        SandboxSpec(
            sessionID: session.id,
            workspaceID: workspace.id,
            projectID: session.projectID,
            mirrorPath: repositories.mirrorPath(of: workspace.id, in: workspace.projectID),
            source: workspace.path,
            commit: session.workspaceCommit,
            agentType: agent.agentType,
            agentCommand: agent.command,
            permissionMode: session.permissionMode.rawValue,
            secretHash: try SandboxSecret.salted(try await sandboxes.secret(of: session.id))
        )
    }
}

extension SandboxError {
    /// What is missing stays missing however often it is tried.
    var jobFailure: JobFailure {
        let fault = fault
        let message = fault.hint.map { "\(fault.message) \($0)" } ?? fault.message
        if case .startFailed(let cause, let log) = self {
            return JobFailure(SandboxEnd.message(cause, log: log), reason: fault.reason)
        }
        if case .unavailable = self { return JobFailure(message, reason: "unavailable", isPermanent: true) }
        return JobFailure(message, reason: fault.reason)
    }
}
