import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// Projects and who may do what in them (`project.*`).
package struct ProjectService: Sendable {
    private let ledger: Ledger
    private let roles = RoleMemory()

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `project.list`: the caller's memberships.
    package func list(_ params: ListProjects.Params, _ call: Call) async throws(Fault) -> Page<Project> {
        let user = call.principal.userID
        return Page(items: try await ledger.read { try $0.projects(of: user) })
    }

    /// `project.get`.
    package func get(_ params: GetProject.Params, _ call: Call) async throws(Fault) -> Project {
        let id = params.projectID ?? .local
        guard let project = try await ledger.read({ try $0.project(id) }) else { throw .notFound("project", id) }
        return project
    }

    /// Whether `principal` may make calls of this access level in `project` (rpc.md §9).
    ///
    /// - Throws: `Unauthenticated` for nobody; `PermissionDenied`, the same for an unknown project as for one without
    ///   membership (decision 48).
    package func authorize(_ access: Access, project: ProjectID?, principal: Principal) async throws(Fault) {
        guard access != .public else { return }
        guard principal != .nobody else {
            throw Fault(.unauthenticated, "This needs a login.", hint: "Log in, then try again.")
        }
        guard let needed = access.projectRole else {
            guard access != .operator || principal.isOperator else {
                throw Fault(.permissionDenied, "Only who runs the daemon may do this.")
            }
            return
        }
        let id = project ?? .local
        let role = try await role(of: principal.userID, in: id)
        guard let role, role >= needed else {
            throw Fault(
                .permissionDenied,
                "No \(needed.rawValue) access to project '\(id)'.",
                details: ["projectId": .string(id.rawValue)]
            )
        }
    }

    /// What a user may do in a project; read again only after something was written, since every call asks.
    private func role(of user: UserID, in project: ProjectID) async throws(Fault) -> Role? {
        // Taken before the read: a write that comes between makes void what was read.
        let generation = ledger.store.generation
        if let known = roles.role(of: user, in: project, generation) { return known }
        let role = try await ledger.read { try $0.role(of: user, in: project) }
        if let role { roles.remember(role, of: user, in: project, generation) }
        return role
    }
}
