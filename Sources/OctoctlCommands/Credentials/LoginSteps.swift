import ArgumentParser
import OctobotAPI
import OctobotModel

// The steps of a login one by one, for programs; people use 'credential login'.

/// `octoctl credential authorize-anthropic`.
struct CredentialAuthorizeAnthropic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize-anthropic",
        abstract: "Begin a login at Anthropic; 'credential login' does it all."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(AuthorizeAnthropic.self, ProjectTarget(projectID: connected.project))
        }
    }
}

/// `octoctl credential exchange-anthropic`.
struct CredentialExchangeAnthropic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange-anthropic",
        abstract: "Complete a login at Anthropic; the code, or a long-lived token, is read from standard input."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The verifier of the login; not needed for a token.")
    var verifier: String?

    func run() async throws {
        let code = try await SecretInput(console: .standard).read(prompt: "The code the page shows")
        try await global.connected { connected in
            let params = ExchangeAnthropic.Params(projectID: connected.project, code: code, verifier: verifier)
            try await connected.show(ExchangeAnthropic.self, params).stored()
        }
    }
}

/// `octoctl credential authorize-codex`.
struct CredentialAuthorizeCodex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize-codex",
        abstract: "Begin a login at OpenAI for Codex; 'credential login' does it all."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Where the browser is sent. (default: http://localhost:1455/auth/callback)")
    var redirectURI: String?

    func run() async throws {
        try await global.connected { connected in
            let params = AuthorizeCodex.Params(projectID: connected.project, redirectURI: redirectURI)
            try await connected.show(AuthorizeCodex.self, params)
        }
    }
}

/// `octoctl credential exchange-codex`.
struct CredentialExchangeCodex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange-codex",
        abstract: "Complete a login at OpenAI for Codex by hand; the code is read from standard input."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The verifier of the login.")
    var verifier: String

    func run() async throws {
        let text = try await SecretInput(console: .standard).read(prompt: "The code, or the address you ended at")
        try await global.connected { connected in
            let code = LoginDialogue.code(in: text)
            let params = ExchangeCodex.Params(projectID: connected.project, code: code, verifier: verifier)
            try await connected.show(ExchangeCodex.self, params).stored()
        }
    }
}

/// `octoctl credential start-copilot`.
struct CredentialStartCopilot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start-copilot",
        abstract: "Begin a login at GitHub for Copilot; 'credential login' does it all."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The address of a GitHub Enterprise. (default: github.com)")
    var enterpriseURL: String?

    func run() async throws {
        try await global.connected { connected in
            let params = StartCopilot.Params(projectID: connected.project, enterprise: enterpriseURL)
            try await connected.show(StartCopilot.self, params)
        }
    }
}

/// `octoctl credential poll-copilot`.
struct CredentialPollCopilot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll-copilot",
        abstract: "Ask whether a login at GitHub for Copilot is complete."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The device code of the login.")
    var deviceCode: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                PollCopilot.self,
                PollCopilot.Params(projectID: connected.project, deviceCode: deviceCode)
            )
        }
    }
}

/// `octoctl credential wait-login`.
struct CredentialWaitLogin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait-login",
        abstract: "Wait until a login ends that was begun with an address."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The state of the login.")
    var state: String

    func run() async throws {
        try await global.connected { connected in
            let params = WaitLogin.Params(projectID: connected.project, state: state, timeoutMs: 600_000)
            let end = try await connected.show(WaitLogin.self, params)
            guard end.status == .success else {
                throw Failure(
                    end.error ?? "Nobody completed the login.",
                    status: end.status == .failed ? .workFailed : .undecided
                )
            }
        }
    }
}

/// `octoctl credential cancel-login`.
struct CredentialCancelLogin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-login",
        abstract: "Give a login up that was begun with an address."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The state of the login.")
    var state: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.perform(
                CancelLogin.self,
                CancelLogin.Params(projectID: connected.project, state: state),
                done: "Given up."
            )
        }
    }
}

extension Authorization: Describable {
    var fields: [Field] {
        [
            Field("url", url), Field("state", state), Field("verifier", verifier),
            Field("listening", isListening ? "yes" : "no"),
        ].compactMap { $0 }
    }
}

extension StartCopilot.Params {
    /// - Parameter enterprise: The address of a GitHub Enterprise; github.com when absent.
    init(projectID: ProjectID?, enterprise: String?) {
        self.init(
            projectID: projectID,
            deployment: enterprise == nil ? nil : .enterprise,
            enterpriseURL: enterprise
        )
    }
}

extension DeviceLogin: Describable {
    var fields: [Field] {
        [
            Field("page", verificationURI), Field("code", userCode), Field("device code", deviceCode),
            Field("expires in", "\(expiresIn) s"), Field("interval", "\(interval) s"),
        ].compactMap { $0 }
    }
}

extension LoginExchange: Describable {
    var fields: [Field] { credential?.fields ?? [Field("error", error)].compactMap { $0 } }

    /// What the login gave.
    ///
    /// - Throws: ``Failure`` for a refusal.
    @discardableResult
    func stored() throws -> Credential {
        guard success, let credential else {
            throw Failure(error ?? "The provider refused the login.", status: .workFailed)
        }
        return credential
    }
}

extension PollCopilot.Result: Describable {
    var fields: [Field] {
        credential?.fields ?? [Field("status", status.rawValue), Field("error", error)].compactMap { $0 }
    }
}

extension WaitLogin.Result: Describable {
    var fields: [Field] {
        credential?.fields ?? [Field("status", status.rawValue), Field("error", error)].compactMap { $0 }
    }
}
