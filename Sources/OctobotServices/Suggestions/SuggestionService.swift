package import OctobotAPI
package import OctobotModel

/// Completes paths for the form that makes workspaces (`workspace.suggestions`; rest-api.md §22).
///
/// The folders are those of the daemon's machine, so only the local user is told of them, who can read them anyway; a
/// login gives nobody a look at the machine, not even the owner of a project.
package struct SuggestionService: Sendable {
    private let projects: ProjectService
    private let home: String
    private let isEnabled: Bool

    /// - Parameters:
    ///   - home: What `~` stands for.
    ///   - isEnabled: `SUGGESTIONS_ENABLED`.
    init(projects: ProjectService, home: String, isEnabled: Bool) {
        self.projects = projects
        self.home = home
        self.isEnabled = isEnabled
    }

    /// `workspace.suggestions`.
    package func list(_ params: ListSuggestions.Params, _ call: Call) async throws(Fault) -> Page<Suggestion> {
        let kind = params.type.flatMap { $0.isEmpty ? nil : $0 } ?? "path"
        guard isEnabled, kind == "path", let text = params.q, !text.isEmpty else { return Page(items: []) }
        guard call.principal.userID == .anonymous, try await isOwner(of: params.projectID, call.principal) else {
            return Page(items: [])
        }
        return Page(items: await blocking { [home] in FolderQuery(text, home: home)?.answer() ?? [] })
    }

    private func isOwner(of project: ProjectID?, _ principal: Principal) async throws(Fault) -> Bool {
        do throws(Fault) {
            try await projects.authorize(.owner, project: project, principal: principal)
            return true
        } catch {
            guard error.kind == .permissionDenied else { throw error }
            return false
        }
    }
}
