import ArgumentParser
import Foundation
import OctobotAPI
import OctobotClient
import OctobotModel

extension SendChat.Mode: ExpressibleByArgument {}

/// To which session a prompt goes, and how.
struct ChatOptions: ParsableArguments {
    @Option(
        name: [.customShort("w"), .long],
        help: """
            The workspace of a new session: its id, a path in a work tree, or a git URL; created when missing. \
            (default: the current folder's)
            """,
        completion: .directory
    )
    var workspace: String?

    @Option(help: "The agent of a new session: its id, or a type, created when missing. (default: the project's)")
    var agent: String?

    @Option(help: ArgumentHelp("Go on with this session; with -w it is created if there is none.", valueName: "id"))
    var session: String?

    @Option(help: "The name of a new session. (default: the prompt)")
    var name: String?

    @Option(help: "What becomes of a new session's requests for permission.")
    var permissionMode: PermissionMode?

    @Option(help: "The model, such as anthropic:claude-sonnet-4.")
    var model: String?

    @Option(help: "Whether the model should reason.")
    var reasoning: Reasoning?

    @Option(help: "While another turn runs, wait behind it (what happens without this) or be refused.")
    var mode: SendChat.Mode?

    @OptionGroup var decision: DecisionOptions

    /// The session to send to, and how it is created.
    struct Target: Sendable {
        var session: SessionID
        var creation: SendChat.Creation?
    }

    /// Finds the session, and finds or makes what a new one needs.
    func target(_ connected: Connected) async throws -> Target {
        guard let session else {
            return Target(session: .random(), creation: try await creation(connected))
        }
        let id = SessionID(session)
        if workspace == nil {
            guard agent == nil, name == nil, permissionMode == nil else {
                throw Failure(
                    "--agent, --name and --permission-mode are for new sessions.",
                    hint: "Leave them out, or say with -w where to create the session.",
                    status: .usage
                )
            }
            return Target(session: id)
        }
        do {
            let get = GetSession.Params(projectID: connected.project, sessionID: id)
            _ = try await connected.client.call(GetSession.self, get)
            return Target(session: id)
        } catch let refusal as Refusal where refusal.fault.kind == .notFound {
            return Target(session: id, creation: try await creation(connected))
        }
    }

    private func creation(_ connected: Connected) async throws -> SendChat.Creation {
        let reference = try reference(from: FileManager.default.currentDirectoryPath)
        // The agent first: nothing is made for a command that is wrong.
        let agent = try await connected.agent(agent)
        let workspace = try await connected.workspace(creating: reference)
        return SendChat.Creation(
            workspaceID: workspace.id,
            agentID: agent,
            name: name,
            permissionMode: permissionMode
        )
    }

    /// The workspace named, else the work tree the folder lies in.
    func reference(from directory: String) throws -> WorkspaceReference {
        if let workspace { return try WorkspaceReference(workspace, from: directory) }
        guard let root = WorkTree.root(of: FilePath.canonical(directory)) else {
            throw Failure(
                "The current folder is in no git repository.",
                hint: "Say where to work with -w, or go on with a session with --session.",
                status: .usage
            )
        }
        return .folder(root)
    }

    /// What is done about approvals.
    func policy(isInteractive: Bool) -> ApprovalDialogue.Policy {
        switch decision.decision {
        case .approve?: .approve(asking: isInteractive)
        case .deny?: .deny
        case nil: isInteractive ? .ask : .wait
        }
    }
}
