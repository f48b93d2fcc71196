import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl member`.
struct MemberCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Who belongs to a project.",
        subcommands: [MemberList.self, MemberRemove.self]
    )
}

/// `octoctl member list`.
struct MemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the members.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListMembers.self, page, nothing: "No members.") { limit, cursor in
                ProjectPage(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

extension Member: Tabular {
    static let columns = ["USER", "ROLE", "EMAIL", "NAME"]
    var cells: [String] { [userID.rawValue, role.rawValue, email, name] }
}

/// `octoctl member remove`.
struct MemberRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a person's membership away; an owner's cannot be taken."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's id.")
    var user: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.perform(
                RemoveMember.self,
                RemoveMember.Params(projectID: connected.project, userID: UserID(user)),
                done: "Removed \(TerminalText.line(user))."
            )
        }
    }
}
