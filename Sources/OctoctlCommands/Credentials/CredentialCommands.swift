import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl credential`.
struct CredentialCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential",
        abstract: "A project's accounts at model providers.",
        discussion: """
            Secrets are sealed in the daemon's store and given to the coding agents that need them, turn by turn. Nothing shows \
            them again.
            """,
        subcommands: [
            CredentialList.self, CredentialGet.self, CredentialSet.self, CredentialRefresh.self,
            CredentialDelete.self, CredentialLogin.self, CredentialAuthorizeAnthropic.self,
            CredentialExchangeAnthropic.self, CredentialStartCopilot.self, CredentialPollCopilot.self,
            CredentialAuthorizeCodex.self, CredentialExchangeCodex.self, CredentialWaitLogin.self,
            CredentialCancelLogin.self,
        ]
    )
}

extension Credential: Tabular, Describable {
    static let columns = ["PROVIDER", "TYPE", "NAME", "EXPIRES", "UPDATED"]
    var cells: [String] { [provider, authType.rawValue, name, expiresAt?.short ?? "", updatedAt.short] }
    var fields: [Field] {
        [
            Field("provider", provider), Field("name", name), Field("type", authType.rawValue),
            Field("configured", isConfigured ? "yes" : "no"), Field("expires", expiresAt?.short),
            Field("created", createdAt.short), Field("updated", updatedAt.short), Field("id", id.rawValue),
        ].compactMap { $0 }
    }
}

/// `octoctl credential list`.
struct CredentialList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the project's credentials, without their secrets."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListCredentials.self, page, nothing: "No credentials.") { limit, cursor in
                ProjectPage(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl credential get`.
struct CredentialGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a credential, without its secret."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: .provider)
    var provider: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                GetCredential.self,
                CredentialTarget(projectID: connected.project, provider: provider)
            )
        }
    }
}

extension ArgumentHelp {
    static let provider: ArgumentHelp = "The provider, such as anthropic; 'octoctl agent auth-providers' lists them."
}
