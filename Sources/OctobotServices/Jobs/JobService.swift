import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The jobs of a project (`job.*`).
package struct JobService: Sendable {
    private let ledger: Ledger
    private let running: RunningJobs

    init(ledger: Ledger, running: RunningJobs) {
        self.ledger = ledger
        self.running = running
    }

    /// `job.get`.
    package func get(_ params: GetJob.Params, _ call: Call) async throws(Fault) -> Job {
        try await job(params.jobID, in: params.projectID ?? .local)
    }

    /// `job.list`.
    package func list(_ params: ListJobs.Params, _ call: Call) async throws(Fault) -> Page<Job> {
        let project = params.projectID ?? .local
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.jobs(in: project, status: params.status, page: request)) }
    }

    /// `job.wait`: the job once it has ended, or as it is when `timeoutMs` has passed.
    package func wait(_ params: WaitJob.Params, _ call: Call) async throws(Fault) -> Job {
        let project = params.projectID ?? .local
        let id = params.jobID
        let limit = Duration.milliseconds(params.timeoutMs ?? 60_000)
        do {
            return try await withDeadline(limit) { try await ended(id, in: project) }
        } catch is DeadlinePassed {
            return try await job(id, in: project)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled.")
        }
    }

    /// `job.cancel`: only a job that has not begun can be cancelled, and a removal never.
    ///
    /// What it was to bring about is not left waiting: the workspace is an error, the session stopped or not committed.
    package func cancel(_ params: CancelJob.Params, _ call: Call) async throws(Fault) -> Job {
        let project = params.projectID ?? .local
        let id = params.jobID
        return try await ledger.write { transaction, wakes in
            guard let job = try transaction.job(id, in: project) else { throw Fault.notFound("job", id) }
            guard job.type != .sessionDelete else {
                throw Fault.invalidState(
                    "A removal cannot be cancelled.",
                    reason: "job.notCancellable",
                    state: job.status.rawValue
                )
            }
            guard try transaction.cancelJob(id), let cancelled = try transaction.job(id, in: project) else {
                throw Fault.invalidState(
                    "The job is \(job.status.rawValue); only a pending one can be cancelled.",
                    reason: "job.notPending",
                    state: job.status.rawValue,
                    allowed: [JobStatus.pending.rawValue]
                )
            }
            try transaction.giveUp(cancelled, &wakes)
            try transaction.publish(cancelled, &wakes)
            return cancelled
        }
    }

    /// The job once it has ended.
    func ended(_ id: JobID, in project: ProjectID?) async throws -> Job {
        let bell = ledger.bells.listen(to: .jobs)
        while true {
            let job = try await job(id, in: project)
            if job.status.isTerminal { return job }
            try await bell.wait()
        }
    }

    /// Asks a running job to give up and waits for its end.
    ///
    /// - Throws: ``DeadlinePassed`` when it goes on after `limit`.
    func interrupt(_ id: JobID, limit: Duration) async throws {
        running.cancel(id)
        defer { running.forget(id) }
        _ = try await withDeadline(limit) { try await ended(id, in: nil) }
    }

    private func job(_ id: JobID, in project: ProjectID?) async throws(Fault) -> Job {
        guard let job = try await ledger.read({ try $0.job(id, in: project) }) else { throw .notFound("job", id) }
        return job
    }
}

extension StoreTransaction {
    /// Says on a cancelled job's resource that the work will not happen.
    func giveUp(_ job: Job, _ wakes: inout Wakes) throws {
        switch job.type {
        case .workspaceInit:
            let id = WorkspaceID(job.resourceID)
            if try setWorkspaceStatus(id, from: [.initializing, .cloning], to: .error, error: "Cancelled.") {
                try publish(workspace: id, in: job.projectID, status: WorkspaceStatus.error.rawValue, &wakes)
            }
        case .sessionInit:
            let id = SessionID(job.resourceID)
            let cause = StateCause(.request, "The job that makes its sandbox was cancelled.", jobID: job.id)
            if try transition(session: id, from: SessionStatus.starting, to: .stopped, error: nil, cause: cause) {
                try publish(session: id, &wakes)
            }
        case .sessionCommit:
            guard let id = try jobPayload(job.id)?["sessionId"]?.stringValue.map({ SessionID($0) }) else { return }
            let state = CommitState(status: .failed, error: "Cancelled.")
            // `committing` while it waits for its next attempt.
            if try setCommitState(id, from: [.pending, .committing], to: state) { try publish(session: id, &wakes) }
            try cancelCommitTurn(of: job.id, in: id, &wakes)
        case .sessionDelete: break
        }
    }
}
