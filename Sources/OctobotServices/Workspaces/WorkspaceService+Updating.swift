import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

extension WorkspaceService {
    /// `workspace.update`: the display name, where an empty one or `null` clears it; the place of its repository.
    ///
    /// Another path is checked as `workspace.create` checks it. The mirror stays, and with it what sessions began from:
    /// a folder that was moved goes on where it was, and one of another history takes their commits as far as they fit.
    package func update(_ params: UpdateWorkspace.Params, _ call: Call) async throws(Fault) -> Workspace {
        let project = params.projectID ?? .local
        let id = params.workspaceID
        guard let before = try await ledger.read({ try $0.workspace(id, in: project) }) else {
            throw .notFound("workspace", id)
        }
        let source = try await another(than: before, at: params.path)
        let deadline = ContinuousClock.now + Self.initPatience
        while true {
            let (workspace, initialising) = try await ledger.write { transaction, wakes in
                try transaction.update(id, in: project, name: params.displayName, source: source, &wakes)
            }
            guard let initialising else { return workspace }
            try await giveUp(initialising, limit: max(deadline - .now, .zero))
        }
    }

    /// What is at `path`, unless it is what the workspace is made of already.
    private func another(than workspace: Workspace, at path: String?) async throws(Fault) -> AdoptedSource? {
        guard let path, path != workspace.path else { return nil }
        let source = try await repositories.adopt(path, as: nil)
        return source.path == workspace.path ? nil : source
    }

    /// How long an initialisation of the old place may take to give up.
    private static let initPatience = Duration.seconds(30)

    private func giveUp(_ job: JobID, limit: Duration) async throws(Fault) {
        do {
            try await jobs.interrupt(job, limit: limit)
        } catch is DeadlinePassed {
            throw Fault(
                .deadlineExceeded,
                "The workspace is still being initialized and does not give up.",
                reason: "workspace.initializing",
                details: ["jobId": .string(job.rawValue)],
                hint: "Change the path again when job \(job) has ended."
            )
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled; the workspace is as it was.")
        }
    }
}

extension StoreTransaction {
    /// Changes a workspace and announces it, unless nothing changed.
    ///
    /// - Returns: The workspace, and the job that has to end before its source can be changed; with it nothing was done.
    fileprivate func update(
        _ id: WorkspaceID,
        in project: ProjectID,
        name: Patch<String>,
        source: AdoptedSource?,
        _ wakes: inout Wakes
    ) throws -> (Workspace, JobID?) {
        guard let before = try workspace(id, in: project) else { throw Fault.notFound("workspace", id) }
        if let source {
            if let job = try activeJob(type: .workspaceInit, resourceID: id.rawValue) {
                guard try cancelJob(job.id) else { return (before, job.id) }
                if let cancelled = try self.job(job.id, in: nil) { try publish(cancelled, &wakes) }
            }
            try checkNothingCommits(in: before)
            try setWorkspaceSource(id, path: source.path, type: source.type, workDir: source.workDir)
            try enqueueInit(of: before)
            wakes.ring(.jobs)
        }
        switch name {
        case .absent: break
        case .null: try setWorkspaceDisplayName(id, to: nil)
        case .value(let name): try setWorkspaceDisplayName(id, to: name.isEmpty ? nil : name)
        }
        guard let workspace = try workspace(id, in: project) else { throw Fault.notFound("workspace", id) }
        if source != nil || workspace.displayName != before.displayName {
            try publish(workspace: id, in: project, status: workspace.status.rawValue, &wakes)
        }
        return (workspace, nil)
    }

    /// A commit belongs to the repository it was begun in.
    private func checkNothingCommits(in workspace: Workspace) throws {
        let job = try activeJob(type: .sessionCommit, resourceID: workspace.id.rawValue)
        guard try job == nil && commitIntents(in: workspace.id).isEmpty else {
            throw Fault.invalidState(
                "A session of this workspace is being committed.",
                reason: "workspace.committing",
                state: workspace.status.rawValue,
                hint: "Change the path when the commit has ended."
            )
        }
    }
}
