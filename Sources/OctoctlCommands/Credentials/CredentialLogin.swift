import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl credential login`: a login from its beginning to its end.
struct CredentialLogin: AsyncParsableCommand {
    /// The providers that have a login.
    enum Provider: String, CaseIterable, ExpressibleByArgument {
        case anthropic, codex
        case copilot = "github-copilot"
    }

    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in at a provider with your account there, and keep what it gives as the project's credential.",
        discussion: """
            Prints an address to open in a browser. At Anthropic the page shows a code to paste here; from OpenAI the browser \
            comes back to the daemon by itself, unless port 1455 is taken; at GitHub you type the code printed here into the page.

              octoctl credential login anthropic
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "anthropic, codex or github-copilot.")
    var provider: Provider

    @Option(help: "The address of a GitHub Enterprise, for github-copilot.")
    var enterpriseURL: String?

    func validate() throws {
        guard enterpriseURL == nil || provider == .copilot else {
            throw ValidationError("--enterprise-url is for github-copilot.")
        }
    }

    func run() async throws {
        try await global.connected { connected in
            let dialogue = LoginDialogue(connected: connected)
            switch provider {
            case .anthropic: try await dialogue.anthropic()
            case .codex: try await dialogue.codex()
            case .copilot: try await dialogue.copilot(enterprise: enterpriseURL)
            }
        }
    }
}

/// What is said and asked during a login.
struct LoginDialogue {
    let connected: Connected

    func anthropic() async throws {
        let begun = try await result(AuthorizeAnthropic.self, ProjectTarget(projectID: connected.project))
        open(begun.url)
        let code = try await SecretInput(console: connected.console).read(prompt: "The code the page shows")
        let params = ExchangeAnthropic.Params(projectID: connected.project, code: code, verifier: begun.verifier)
        try finish(try await result(ExchangeAnthropic.self, params))
    }

    func codex() async throws {
        let begun = try await result(AuthorizeCodex.self, AuthorizeCodex.Params(projectID: connected.project))
        open(begun.url)
        guard begun.isListening else {
            connected.console.note("Another program has the port, so the page you end at cannot be shown.")
            let address = try await SecretInput(console: connected.console).read(prompt: "The address you end at")
            let params = ExchangeCodex.Params(
                projectID: connected.project,
                code: Self.code(in: address),
                verifier: begun.verifier
            )
            return try finish(try await result(ExchangeCodex.self, params))
        }
        let params = WaitLogin.Params(projectID: connected.project, state: begun.state, timeoutMs: 600_000)
        do {
            let end = try await result(WaitLogin.self, params)
            guard let credential = end.credential else {
                throw Failure(end.error ?? "Nobody completed the login.", status: .workFailed)
            }
            try show(credential)
        } catch is CancellationError {
            await giveUp(begun.state)
            throw CancellationError()
        }
    }

    func copilot(enterprise: String?) async throws {
        let begun = try await result(
            StartCopilot.self,
            StartCopilot.Params(
                projectID: connected.project,
                deployment: enterprise == nil ? nil : .enterprise,
                enterpriseURL: enterprise
            )
        )
        open(begun.verificationURI)
        connected.console.note("and type this code there: \(TerminalText.line(begun.userCode))")
        var interval = begun.interval
        while true {
            try await Task.sleep(for: .seconds(interval))  // ok: the interval the provider asks for
            let params = PollCopilot.Params(projectID: connected.project, deviceCode: begun.deviceCode)
            let state = try await result(PollCopilot.self, params)
            if let credential = state.credential { return try show(credential) }
            interval = state.interval ?? interval
        }
    }

    /// Frees the daemon's port; that the person goes away needs no other ending.
    private func giveUp(_ state: String) async {
        do {
            let params = CancelLogin.Params(projectID: connected.project, state: state)
            _ = try await connected.client.call(CancelLogin.name, params: JSONCoding.encode(params))
        } catch {
            // The login ends by itself after ten minutes.
        }
    }

    /// The code in the address a browser ended at; anything else is taken for the code itself.
    static func code(in text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        for pair in text[text.index(after: mark)...].prefix(while: { $0 != "#" }).split(separator: "&") {
            guard pair.hasPrefix("code=") else { continue }
            return pair.dropFirst(5).removingPercentEncoding ?? String(pair.dropFirst(5))
        }
        return text
    }

    private func open(_ address: String) {
        connected.console.note("Open this address in a browser:\n\n  \(TerminalText.line(address))\n")
    }

    private func result<O: OctobotAPI.Operation>(_ operation: O.Type, _ params: O.Params) async throws -> O.Result {
        let bytes = try await connected.client.call(O.name, params: JSONCoding.encode(params))
        return try connected.decode(O.Result.self, from: bytes)
    }

    private func finish(_ end: LoginExchange) throws {
        guard let credential = end.credential else {
            throw Failure(end.error ?? "The provider refused the login.", status: .workFailed)
        }
        try show(credential)
    }

    private func show(_ credential: Credential) throws {
        connected.print(credential, try JSONCoding.encode(credential))
    }
}
