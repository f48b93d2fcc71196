import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl invitation`.
struct InvitationCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invitation",
        abstract: "Offers of membership in a project.",
        subcommands: [
            InvitationCreate.self, InvitationList.self, InvitationRevoke.self, InvitationAccept.self,
        ]
    )
}

/// `octoctl invitation create`.
struct InvitationCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Invite somebody; the token is shown this once, and no mail is sent."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's mail address.")
    var email: String

    @Option(help: "What the person will be: member, admin or owner.")
    var role: Role = .member

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                CreateInvitation.self,
                CreateInvitation.Params(projectID: connected.project, email: email, role: role)
            )
        }
    }
}

extension Role: ExpressibleByArgument {}

extension Invitation: Tabular, Describable {
    static let columns = ["ID", "EMAIL", "ROLE", "EXPIRES"]
    var cells: [String] { [id.rawValue, email, role.rawValue, expiresAt.short] }
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("email", email), Field("role", role.rawValue), Field("token", token),
            Field("expires", expiresAt.short),
        ].compactMap { $0 }
    }
}

/// `octoctl invitation list`.
struct InvitationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List invitations that wait.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListInvitations.self, page, nothing: "No invitations.") { limit, cursor in
                ProjectPage(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl invitation revoke`.
struct InvitationRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Take an invitation back.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var id: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.perform(
                RevokeInvitation.self,
                RevokeInvitation.Params(projectID: connected.project, invitationID: InvitationID(id)),
                done: "Revoked."
            )
        }
    }
}

/// `octoctl invitation accept`.
struct InvitationAccept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Become a member of the project that invited you.",
        discussion:
            "The token is read from standard input, for arguments can be seen by others: octoctl invitation accept < token"
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard let token = readLine(strippingNewline: true), !token.isEmpty else {
            throw Failure("Give the token on standard input.", status: .usage)
        }
        try await global.connected { connected in
            try await connected.perform(
                AcceptInvitation.self,
                AcceptInvitation.Params(projectID: connected.project ?? .local, token: token),
                done: "You are a member of \(connected.project ?? .local) now."
            )
        }
    }
}
