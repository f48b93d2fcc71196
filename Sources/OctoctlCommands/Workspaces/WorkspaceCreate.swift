import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl workspace create`.
struct WorkspaceCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register a local folder or a git URL.",
        discussion: """
            Waits until the repository is ready. A local folder is used in place; a missing or empty one becomes a git \
            repository with one empty commit.

              octoctl workspace create .
              octoctl workspace create https://example.org/engine.git --name Engine
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A folder, or a git URL.", completion: .directory)
    var path: String

    @Option(help: "A name for people instead of the path.")
    var name: String?

    @Option(help: "The sandbox provider of its sessions. (default: the daemon's)")
    var provider: String?

    @Option(help: "An id of your own choice.")
    var id: String?

    @Flag(inversion: .prefixedNo, help: "Wait until it is ready.")
    var wait = true

    func run() async throws {
        try await global.connected { connected in
            let params = CreateWorkspace.Params(
                projectID: connected.project,
                id: id.map { WorkspaceID($0) },
                path: WorkspaceReference.source(path),
                displayName: name,
                provider: provider
            )
            let created = try await connected.client.call(CreateWorkspace.self, params)
            let workspace = wait ? try await connected.ready(created) : created
            try connected.print(workspace)
        }
    }
}

extension Connected {
    /// Waits until a workspace's repository is there.
    ///
    /// - Throws: ``Failure`` when it cannot be had.
    func ready(_ workspace: Workspace) async throws -> Workspace {
        let params = GetWorkspace.Params(projectID: project, workspaceID: workspace.id)
        let settled = try await wait { () -> Workspace? in
            let workspace = try await client.call(GetWorkspace.self, params)
            return workspace.status == .ready || workspace.status == .error ? workspace : nil
        }
        guard settled.status == .error else { return settled }
        throw Failure(
            settled.errorMessage ?? "The workspace is not usable.",
            hint: "It stays registered as \(settled.id); 'octoctl workspace delete \(settled.id)' removes it.",
            status: .workFailed
        )
    }
}
