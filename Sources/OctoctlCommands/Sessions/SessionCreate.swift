import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

extension PermissionMode: ExpressibleByArgument {}
extension Reasoning: ExpressibleByArgument {}

/// `octoctl session create`.
struct SessionCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a session in a workspace and start its sandbox.",
        discussion: """
            Waits until the sandbox runs. The sandbox sees the repository's present commit; uncommitted changes stay yours.

              octoctl session create -w . --agent demo --name "Fix the tests"
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(
        name: [.customShort("w"), .long],
        help: "The workspace: its id, a path or a git URL; created when missing.",
        completion: .directory
    )
    var workspace = "."

    @Option(help: "The agent: its id, or a type, created when missing. (default: the project's)")
    var agent: String?

    @Option(help: "A name for people. (default: the first prompt)")
    var name: String?

    @Option(help: "The model, such as anthropic:claude-sonnet-4.")
    var model: String?

    @Option(help: "Whether the model should reason.")
    var reasoning: Reasoning?

    @Option(help: "What becomes of the agent's requests for permission.")
    var permissionMode: PermissionMode = .ask

    @Option(help: "An id of your own choice.")
    var id: String?

    @Flag(inversion: .prefixedNo, help: "Make the sandbox now.")
    var start = true

    @Flag(inversion: .prefixedNo, help: "Wait until the sandbox runs.")
    var wait = true

    func run() async throws {
        let reference = try WorkspaceReference(workspace)
        try await global.connected { connected in
            let workspace = try await connected.workspace(creating: reference)
            let params = CreateSession.Params(
                projectID: connected.project,
                workspaceID: workspace.id,
                id: id.map { SessionID($0) },
                agentID: try await connected.agent(agent),
                name: name,
                model: model,
                reasoning: reasoning,
                permissionMode: permissionMode,
                start: start ? nil : false
            )
            let created = try await connected.client.call(CreateSession.self, params)
            if created.workspaceDirty == true { connected.console.note(Self.dirtyNote, .yellow) }
            let session = start && wait ? try await connected.ready(created) : created
            try connected.print(session)
        }
    }

    static let dirtyNote = "The folder has uncommitted changes; the sandbox starts from the last commit, without them."
}
