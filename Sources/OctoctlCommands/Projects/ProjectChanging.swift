import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl project create`.
struct ProjectCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a project; you become its owner."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its name.")
    var name: String

    @Option(help: "An id of your own choice.")
    var id: String?

    func run() async throws {
        try await global.connected { connected in
            let params = CreateProject.Params(id: id.map { ProjectID($0) }, name: name)
            try await connected.show(CreateProject.self, params)
        }
    }
}

/// `octoctl project update`.
struct ProjectUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "update", abstract: "Rename a project.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var id: String

    @Option(help: "The new name.")
    var name: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                UpdateProject.self,
                UpdateProject.Params(projectID: ProjectID(id), name: name)
            )
        }
    }
}

/// `octoctl project delete`.
struct ProjectDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a project with all that belongs to it.",
        discussion: """
            Your own folders are never touched. While the project has sessions, kept ones included, it is refused unless \
            --force says that their work may go for good.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var id: String

    @Flag(help: "Delete the work of its sessions too.")
    var force = false

    func run() async throws {
        try await global.connected { connected in
            try await connected.perform(
                DeleteProject.self,
                DeleteProject.Params(projectID: ProjectID(id), force: force ? true : nil),
                done: "Deleted project \(TerminalText.line(id))."
            )
        }
    }
}
