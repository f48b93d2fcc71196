import Foundation
import GitCommand
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The repositories of a project (`workspace.*`; behaviour.md §5).
package struct WorkspaceService: Sendable {
    let ledger: Ledger
    private let providers: SandboxProviders
    let repositories: Repositories
    private let sessions: SessionService
    let jobs: JobService

    package init(
        ledger: Ledger,
        providers: SandboxProviders,
        repositories: Repositories,
        sessions: SessionService,
        jobs: JobService
    ) {
        self.ledger = ledger
        self.providers = providers
        self.repositories = repositories
        self.sessions = sessions
        self.jobs = jobs
    }

    /// `workspace.create`: checks the source, stores the row and queues its initialisation.
    ///
    /// A missing or empty local folder becomes a repository with one empty commit; anything else must be one.
    package func create(_ params: CreateWorkspace.Params, _ call: Call) async throws(Fault) -> Workspace {
        let provider = try await providers.resolve(params.provider)
        let source = try await repositories.adopt(params.path, as: params.sourceType)
        return try await ledger.once(call, method: CreateWorkspace.name, params: params) { transaction, wakes in
            let now = Timestamp.now
            let id = params.id ?? .random()
            let project = params.projectID ?? .local
            let owner = try transaction.workspace(id, in: nil)?.projectID
            try transaction.checkFree("workspace", id, owner: owner, in: project)
            let name = params.displayName.flatMap { $0.isEmpty ? nil : $0 }
            let workspace = Workspace(
                id: id,
                projectID: project,
                path: source.path,
                displayName: name,
                sourceType: source.type,
                provider: provider,
                status: .initializing,
                workDir: source.workDir,
                commit: nil,
                createdAt: now,
                updatedAt: now
            )
            try transaction.insertWorkspace(workspace, mirrorPath: repositories.mirrorPath(of: id, in: project))
            try transaction.enqueueInit(of: workspace)
            try transaction.publish(workspace: id, in: project, status: workspace.status.rawValue, &wakes)
            wakes.ring(.jobs)
            return workspace
        }
    }

    /// `workspace.list`; `sessions` is empty in each.
    package func list(_ params: ListWorkspaces.Params, _ call: Call) async throws(Fault) -> Page<Workspace> {
        let project = params.projectID ?? .local
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.workspaces(in: project, page: request)) }
    }

    /// `workspace.get`, with its sessions.
    package func get(_ params: GetWorkspace.Params, _ call: Call) async throws(Fault) -> Workspace {
        let project = params.projectID ?? .local
        let workspace = try await ledger.read { reader -> Workspace? in
            guard var workspace = try reader.workspace(params.workspaceID, in: project) else { return nil }
            let all = PageRequest(limit: 500, cursor: nil)
            workspace.sessions = try reader.sessions(in: project, workspace: workspace.id, page: all).items
            return workspace
        }
        guard let workspace else { throw .notFound("workspace", params.workspaceID) }
        return workspace
    }

    /// `workspace.delete`: its sessions first, each as `session.delete` would; then the row and its mirror.
    ///
    /// The clone of a git URL goes too when `deleteFiles` asks for it. A folder of the user's is never touched:
    /// asking for that is refused and nothing is deleted (decision 20).
    package func delete(_ params: DeleteWorkspace.Params, _ call: Call) async throws(Fault) -> Empty {
        let project = params.projectID ?? .local
        let id = params.workspaceID
        guard let workspace = try await ledger.read({ try $0.workspace(id, in: project) }) else {
            throw .notFound("workspace", id)
        }
        let deletesFiles = params.deleteFiles ?? false
        if deletesFiles, workspace.sourceType == .local {
            throw .invalidState(
                "'\(workspace.path)' is your own folder; Octobot never deletes it. Nothing was deleted.",
                reason: "workspace.notOurs",
                state: workspace.status.rawValue,
                hint: "Delete the workspace without deleteFiles; the folder stays as it is."
            )
        }
        try await sessions.deleteAll(of: id, in: project)
        let isGone = try await deleteRow(id, in: project)
        if isGone { await repositories.removeMirror(of: id, in: project) }
        if deletesFiles { await repositories.removeClone(of: id, in: project) }
        return Empty()
    }

    /// Deletes or hides the row once nothing initialises the workspace: an initialisation that waits is cancelled, one
    /// that runs is waited for (decision 54).
    ///
    /// - Returns: Whether the row is gone for good.
    private func deleteRow(_ id: WorkspaceID, in project: ProjectID) async throws(Fault) -> Bool {
        while true {
            let (isGone, initialising) = try await ledger.write { transaction, wakes -> (Bool, JobID?) in
                if let job = try transaction.activeJob(type: .workspaceInit, resourceID: id.rawValue) {
                    guard try transaction.cancelJob(job.id) else { return (false, job.id) }
                    if let cancelled = try transaction.job(job.id, in: nil) {
                        try transaction.publish(cancelled, &wakes)
                    }
                }
                // Somebody else's call may have been first.
                guard try transaction.workspace(id, in: project) != nil else { return (false, nil) }
                let isGone = try transaction.deleteWorkspace(id)
                try transaction.publish(workspace: id, in: project, status: "removed", &wakes)
                return (isGone, nil)
            }
            guard let initialising else { return isGone }
            do {
                _ = try await jobs.ended(initialising, in: nil)
            } catch let fault as Fault {
                throw fault
            } catch {
                throw Fault(.cancelled, "The call was cancelled; the workspace is still there.")
            }
        }
    }

    /// `workspace.providers`.
    package func listProviders(_ params: ListProviders.Params, _ call: Call) async throws(Fault) -> ListProviders.Result
    {
        ListProviders.Result(providers: await providers.statuses(), default: try await providers.resolve(nil))
    }

    /// One provider's status, for `GET …/providers/{provider}`.
    package func provider(_ params: GetProvider.Params, _ call: Call) async throws(Fault) -> ProviderStatus {
        guard let status = await providers.statuses()[params.provider] else {
            throw .notFound("provider", params.provider)
        }
        return status
    }
}

extension StoreTransaction {
    /// Queues the initialisation of a workspace; one already queued or running stands for it.
    @discardableResult
    func enqueueInit(of workspace: Workspace) throws -> Job {
        try enqueueJob(
            type: .workspaceInit,
            project: workspace.projectID,
            resourceType: "workspace",
            resourceID: workspace.id.rawValue,
            payload: [:],
            priority: 10,
            maxAttempts: 3
        ).job
    }

    /// Queues the initialisation of a session's sandbox; one already queued or running stands for it.
    @discardableResult
    func enqueueInit(of session: Session) throws -> Job {
        try enqueueJob(
            type: .sessionInit,
            project: session.projectID,
            resourceType: "session",
            resourceID: session.id.rawValue,
            payload: [:],
            priority: 10,
            maxAttempts: 3
        ).job
    }
}
