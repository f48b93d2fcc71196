import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore

/// Takes up stored work after a start (behaviour.md §2.5); what became of sandboxes is the ``SandboxWatcher``'s to find.
struct Recovery: Sendable {
    let ledger: Ledger
    let instance: String
    let logger: Logger

    /// Voids other instances' claims and queues what lost its job.
    func run() async throws(Fault) {
        let instance = instance
        let poisoned = try await ledger.write { transaction, wakes in
            let poisoned = try transaction.releaseClaims(otherThan: instance)
            for job in poisoned { try transaction.publish(job, &wakes) }
            try transaction.prune(now: .now)
            return poisoned
        }
        for job in poisoned {
            logger.error("Job failed three times without an outcome", metadata: ["job.id": "\(job.id)"])
        }
        try await fail(poisoned)
        try await requeue()
        let active = try await ledger.read { try $0.sessionsWithActiveTurns() }
        try await ledger.write { _, wakes in
            for session in active { wakes.run(session) }
            wakes.ring(.jobs)
        }
    }

    /// What a poisoned job was to do will not happen: its resource says so.
    private func fail(_ poisoned: [Job]) async throws(Fault) {
        guard !poisoned.isEmpty else { return }
        try await ledger.write { transaction, wakes in
            for job in poisoned {
                let message = job.error ?? "Gave up: the job ended three times without an outcome."
                switch job.type {
                case .workspaceInit:
                    let id = WorkspaceID(job.resourceID)
                    if try transaction.setWorkspaceStatus(id, from: nil, to: .error, error: message) {
                        try transaction.publish(
                            workspace: id,
                            in: job.projectID,
                            status: WorkspaceStatus.error.rawValue,
                            &wakes
                        )
                    }
                case .sessionInit:
                    let id = SessionID(job.resourceID)
                    let from = Set(SessionStatus.allCases).subtracting([.removing, .removed])
                    let cause = StateCause(.recovery, message, jobID: job.id)
                    if try transaction.transition(session: id, from: from, to: .error, error: message, cause: cause) {
                        try transaction.publish(session: id, &wakes)
                    }
                case .sessionCommit:
                    guard let id = try transaction.jobPayload(job.id)?["sessionId"]?.stringValue else { continue }
                    let state = CommitState(status: .failed, error: message)
                    if try transaction.setCommitState(SessionID(id), from: [.pending, .committing], to: state) {
                        try transaction.publish(session: SessionID(id), &wakes)
                    }
                    try transaction.cancelCommitTurn(of: job.id, in: SessionID(id), &wakes)
                case .sessionDelete: continue
                }
            }
        }
    }

    /// Queues the work of rows whose job is missing.
    private func requeue() async throws(Fault) {
        try await ledger.write { transaction, wakes in
            for workspace in try transaction.workspaces(withStatus: [.initializing, .cloning]) {
                try transaction.enqueueInit(of: workspace)
            }
            for session in try transaction.sessions(withStatus: [.removing]) {
                _ = try transaction.deleteSessionLater(session.id, in: session.projectID, &wakes)
            }
            let starting = SessionStatus.starting
            for session in try transaction.sessions(withStatus: starting) {
                let active = try transaction.activeJob(type: .sessionInit, resourceID: session.id.rawValue)
                guard active == nil else { continue }
                let hasTurns = try !transaction.activeTurns(in: session.id).isEmpty
                if hasTurns {
                    try transaction.enqueueInit(of: session)
                } else if try transaction.transition(
                    session: session.id,
                    from: starting,
                    to: .stopped,
                    error: nil,
                    cause: StateCause(.recovery, "The daemon started, and nobody was making its sandbox any more.")
                ) {
                    try transaction.publish(session: session.id, &wakes)
                }
            }
            for session in try transaction.sessions(withCommitStatus: [.pending, .committing]) {
                try transaction.enqueueCommit(session.id, session.workspaceID, in: session.projectID)
            }
            // What a commit had begun is finished even if its job has failed or its session is only kept.
            for owner in try transaction.commitIntents() {
                try transaction.enqueueCommit(owner.sessionID, owner.workspaceID, in: owner.projectID)
            }
        }
    }
}

extension StoreTransaction {
    /// Queues a session's commit again, unless one waits or runs in its workspace.
    fileprivate func enqueueCommit(_ session: SessionID, _ workspace: WorkspaceID, in project: ProjectID) throws {
        _ = try enqueueJob(
            type: .sessionCommit,
            project: project,
            resourceType: "workspace",
            resourceID: workspace.rawValue,
            payload: ["sessionId": .string(session.rawValue)],
            priority: 10,
            maxAttempts: 3
        )
    }
}
