import ArgumentParser
import JSONText
import OctobotAPI
import OctobotModel

/// `octoctl workspace list`.
struct WorkspaceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List workspaces, oldest first.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListWorkspaces.self, page, nothing: "No workspaces.") { limit, cursor in
                ListWorkspaces.Params(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl workspace get`.
struct WorkspaceGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a workspace with its sessions."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id, path or URL.")
    var workspace: String

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.workspaceID(workspace)
            try await connected.show(
                GetWorkspace.self,
                GetWorkspace.Params(projectID: connected.project, workspaceID: id)
            )
        }
    }
}

/// `octoctl workspace providers`.
struct WorkspaceProviders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "List the sandbox providers and whether they can be used."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(ListProviders.self, ListProviders.Params(projectID: connected.project))
        }
    }
}

extension ListProviders.Result: Describable {
    var fields: [Field] {
        providers.sorted { $0.key < $1.key }.compactMap { name, status in
            let facts = (status.details ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let parts = [status.state.rawValue, name == `default` ? "(default)" : nil, status.message]
            return Field(name, (parts.compactMap { $0 } + facts).joined(separator: "  "))
        }
    }
}

/// `octoctl workspace provider`.
struct WorkspaceProvider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "Show whether one sandbox provider can be used."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The name of the provider.")
    var provider: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                GetProvider.self,
                GetProvider.Params(projectID: connected.project, provider: provider)
            )
        }
    }
}

extension Connected {
    /// The id of a workspace that people name by id, path or URL.
    func workspaceID(_ text: String) async throws -> WorkspaceID {
        let reference = try WorkspaceReference(text)
        if case .id(let id) = reference { return WorkspaceID(id) }
        guard let workspace = try await workspace(reference) else {
            throw Failure(
                "'\(text)' is no workspace.",
                hint: "'octoctl workspace list' shows those there are.",
                status: .notFound
            )
        }
        return workspace.id
    }
}
