import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl project`.
struct ProjectCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Projects: the owners of workspaces, agents and sessions.",
        subcommands: [
            ProjectList.self, ProjectGet.self, ProjectCreate.self, ProjectUpdate.self, ProjectDelete.self,
        ]
    )
}

/// `octoctl project list`.
struct ProjectList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your projects, oldest first.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListProjects.self, page, nothing: "No projects.") { limit, cursor in
                ListProjects.Params(limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl project get`.
struct ProjectGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a project.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id. (default: --project, else local)")
    var id: String?

    func run() async throws {
        try await global.connected { connected in
            let project = id.map { ProjectID($0) } ?? connected.project
            try await connected.show(GetProject.self, GetProject.Params(projectID: project))
        }
    }
}

extension Project: Tabular, Describable {
    static let columns = ["ID", "NAME", "SLUG"]
    var cells: [String] { [id.rawValue, name, slug] }
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("name", name), Field("slug", slug), Field("created", createdAt.short),
            Field("updated", updatedAt.short),
        ].compactMap { $0 }
    }
}
