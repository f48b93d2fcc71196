import Foundation
import Logging
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore

/// Makes, renames and deletes projects (`project.create`, `.update`, `.delete`).
package struct ProjectLife: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders
    private let workspaces: WorkspaceService
    private let retention: Retention

    init(ledger: Ledger, providers: SandboxProviders, workspaces: WorkspaceService, retention: Retention) {
        self.ledger = ledger
        self.providers = providers
        self.workspaces = workspaces
        self.retention = retention
    }

    /// `project.create`.
    package func create(_ params: CreateProject.Params, _ call: Call) async throws(Fault) -> Project {
        let owner = call.principal.userID
        return try await ledger.once(call, method: CreateProject.name, params: params) { transaction, _ in
            let now = Timestamp.now
            let id = params.id ?? .random()
            if try transaction.project(id) != nil {
                throw Fault(.alreadyExists, "There is a project '\(id)' already.")
            }
            let project = Project(
                id: id,
                name: params.name,
                slug: Self.slug(of: params.name),
                createdAt: now,
                updatedAt: now
            )
            try transaction.insertProject(project, owner: owner)
            return project
        }
    }

    /// The name in addresses: letters and digits of the name, and eight digits that make it unique.
    static func slug(of name: String) -> String {
        let plain = name.lowercased().replacing(/[^a-z0-9]+/, with: "-").trimmingCharacters(in: ["-"])
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        let suffix = String(repeating: "0", count: 8 - digits.count) + digits
        return plain.isEmpty ? suffix : "\(plain)-\(suffix)"
    }

    /// `project.update`.
    package func update(_ params: UpdateProject.Params, _ call: Call) async throws(Fault) -> Project {
        try await ledger.write { transaction, _ in
            try transaction.renameProject(params.project, to: params.name, at: .now)
            guard let project = try transaction.project(params.project) else {
                throw Fault.notFound("project", params.project)
            }
            return project
        }
    }

    /// `project.delete`: its workspaces as `workspace.delete` would, kept sessions for good, then everything else.
    package func delete(_ params: DeleteProject.Params, _ call: Call) async throws(Fault) -> Empty {
        let id = params.project
        guard id != .local else {
            throw .invalidState(
                "The project 'local' belongs to this daemon and stays.",
                reason: "project.local",
                state: "permanent"
            )
        }
        let (live, kept) = try await ledger.read { try $0.sessionCounts(in: id) }
        guard live + kept == 0 || params.force == true else {
            throw .invalidState(
                "The project has \(live) sessions and \(kept) deleted ones whose work is kept.",
                reason: "project.notEmpty",
                state: "inUse",
                hint: "Bring their work back or delete with force, which deletes it for good."
            )
        }
        // What somebody makes meanwhile is deleted by the next round.
        for _ in 0..<10 {
            let all = try await ledger.read { try $0.workspaces(in: id, page: PageRequest(limit: 500)).items }
            for workspace in all {
                do throws(Fault) {
                    _ = try await workspaces.delete(
                        DeleteWorkspace.Params(
                            projectID: id,
                            workspaceID: workspace.id,
                            deleteFiles: workspace.sourceType == .git
                        ),
                        call
                    )
                } catch {
                    guard error.kind == .notFound else { throw error }
                }
            }
            for session in try await ledger.read({ try $0.keptSessions(in: id) }) {
                try await retention.forgetNow(session.sessionID)
            }
            if try await ledger.write({ transaction, _ in try transaction.deleteProject(id) }) {
                await deleteCaches(of: id)
                return Empty()
            }
        }
        throw Fault(.invalidState, "New sessions are made in the project all the time.", reason: "project.busy")
    }

    /// Costs space only where it fails.
    private func deleteCaches(of project: ProjectID) async {
        for provider in providers.all {
            do {
                try await provider.deleteCaches(of: project)
            } catch {
                retention.logger.warning(
                    "Cache not deleted",
                    metadata: ["project.id": "\(project)", "provider": "\(provider.name)", "error": "\(error)"]
                )
            }
        }
    }
}
