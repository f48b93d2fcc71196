import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl credential set`.
struct CredentialSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set the API key for a provider; one that is there is replaced.",
        discussion: """
            The key is asked for without being shown, or read from standard input when that is no terminal:

              octoctl credential set anthropic
              pass show anthropic | octoctl credential set anthropic
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: .provider)
    var provider: String

    @Option(help: "A name for people. (default: the provider)")
    var name: String?

    func run() async throws {
        let key = try await SecretInput(console: .standard)
            .read(prompt: "API key for \(TerminalText.line(provider))")
        try await global.connected { connected in
            try await connected.show(
                SetCredential.self,
                SetCredential.Params(projectID: connected.project, provider: provider, name: name, apiKey: key)
            )
        }
    }
}

/// `octoctl credential refresh`.
struct CredentialRefresh: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Refresh an OAuth login now; otherwise that happens shortly before it ends."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: .provider)
    var provider: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                RefreshCredential.self,
                CredentialTarget(projectID: connected.project, provider: provider)
            )
        }
    }
}

extension RefreshCredential.Result: Describable {
    var fields: [Field] { [Field("expires", expiresAt?.short ?? "not known")].compactMap { $0 } }
}

/// `octoctl credential delete`.
struct CredentialDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a credential.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: .provider)
    var provider: String

    func run() async throws {
        try await global.connected { connected in
            let params = CredentialTarget(projectID: connected.project, provider: provider)
            let bytes = try await connected.client.call(DeleteCredential.name, params: JSONCoding.encode(params))
            connected.confirm("Deleted the credential for \(TerminalText.line(provider)).", bytes)
        }
    }
}
