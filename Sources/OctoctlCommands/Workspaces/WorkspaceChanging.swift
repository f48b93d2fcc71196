import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl workspace update`.
struct WorkspaceUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change a workspace's name or the place of its repository.",
        discussion: """
            After a move the workspace is initialized again; sessions keep their work.

              octoctl workspace update . --name Engine
              octoctl workspace update . --no-name
              octoctl workspace update /old/engine --path /new/engine
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id, path or URL.")
    var workspace: String

    @Option(help: "The new name.")
    var name: String?

    @Flag(help: "Go back to the path.")
    var noName = false

    @Option(help: "Where the repository is now: a folder or a git URL.")
    var path: String?

    func validate() throws {
        guard name == nil || !noName else { throw ValidationError("Give either --name or --no-name.") }
        guard name != nil || noName || path != nil else {
            throw ValidationError("Give --name, --no-name or --path.")
        }
    }

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.workspaceID(workspace)
            let params = UpdateWorkspace.Params(
                projectID: connected.project,
                workspaceID: id,
                displayName: name.map { .value($0) } ?? (noName ? .null : .absent),
                path: path.map(WorkspaceReference.source)
            )
            try await connected.show(UpdateWorkspace.self, params)
        }
    }
}

/// `octoctl workspace delete`.
struct WorkspaceDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a workspace and its sessions.",
        discussion: """
            Your own folder is never touched. Sessions with unmerged work are kept for 14 days ('octoctl session kept').
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id, path or URL.")
    var workspace: String

    @Flag(help: "Also delete the working copy the daemon cloned; refused for a folder of your own.")
    var deleteFiles = false

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.workspaceID(workspace)
            let params = DeleteWorkspace.Params(
                projectID: connected.project,
                workspaceID: id,
                deleteFiles: deleteFiles ? true : nil
            )
            try await connected.perform(DeleteWorkspace.self, params, done: "Deleted workspace \(id).")
        }
    }
}
