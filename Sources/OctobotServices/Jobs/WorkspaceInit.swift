import JSONText
import OctobotModel
import OctobotStore

/// Makes a workspace's repository available: clones a URL, mirrors it for sandboxes (behaviour.md §5.3).
struct WorkspaceInit: JobExecutor {
    let ledger: Ledger
    let repositories: Repositories

    var type: JobType { .workspaceInit }
    var limit: Duration { .seconds(15 * 60) }

    func execute(_ job: Job) async throws {
        let id = WorkspaceID(job.resourceID)
        guard let workspace = try await ledger.read({ try $0.workspace(id, in: nil) }) else {
            throw JobFailure("The workspace is gone.", isPermanent: true)
        }
        if workspace.sourceType == .git {
            try await move(workspace, to: .cloning)
            try await repositories.ensureClone(of: workspace)
        }
        let ready = try await repositories.ensureMirror(of: workspace)
        try await ledger.write { transaction, wakes in
            try transaction.setWorkspaceReady(id, workDir: ready.workDir, commit: ready.head)
            try transaction.publish(
                workspace: id,
                in: workspace.projectID,
                status: WorkspaceStatus.ready.rawValue,
                &wakes
            )
        }
    }

    func gaveUp(_ job: Job, _ failure: JobFailure) async throws {
        let id = WorkspaceID(job.resourceID)
        try await ledger.write { transaction, wakes in
            if try transaction.setWorkspaceStatus(id, from: nil, to: .error, error: failure.message) {
                try transaction.publish(
                    workspace: id,
                    in: job.projectID,
                    status: WorkspaceStatus.error.rawValue,
                    &wakes
                )
            }
        }
    }

    private func move(_ workspace: Workspace, to status: WorkspaceStatus) async throws {
        try await ledger.write { transaction, wakes in
            if try transaction.setWorkspaceStatus(workspace.id, from: nil, to: status, error: nil) {
                try transaction.publish(
                    workspace: workspace.id,
                    in: workspace.projectID,
                    status: status.rawValue,
                    &wakes
                )
            }
        }
    }
}
