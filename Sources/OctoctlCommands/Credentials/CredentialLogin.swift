import ArgumentParser
import Foundation
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
        let begun = try await connected.client.call(
            AuthorizeAnthropic.self,
            ProjectTarget(projectID: connected.project)
        )
        open(begun.url)
        let code = try await SecretInput(console: connected.console).read(prompt: "The code the page shows")
        let params = ExchangeAnthropic.Params(projectID: connected.project, code: code, verifier: begun.verifier)
        try connected.print(try await connected.client.call(ExchangeAnthropic.self, params).stored())
    }

    func codex() async throws {
        let begun = try await connected.client.call(
            AuthorizeCodex.self,
            AuthorizeCodex.Params(projectID: connected.project)
        )
        open(begun.url)
        guard begun.isListening else {
            connected.console.note("Another program has the port, so the page you end at cannot be shown.")
            let address = try await SecretInput(console: connected.console).read(prompt: "The address you end at")
            let params = ExchangeCodex.Params(
                projectID: connected.project,
                code: Self.code(in: address),
                verifier: begun.verifier
            )
            return try connected.print(try await connected.client.call(ExchangeCodex.self, params).stored())
        }
        let params = WaitLogin.Params(projectID: connected.project, state: begun.state, timeoutMs: 600_000)
        guard let end = try await untilInterrupted({ try await connected.client.call(WaitLogin.self, params) }) else {
            await giveUp(begun.state)
            throw ExitCode(Failure.Status.cancelled.rawValue)
        }
        guard let credential = end.credential else {
            throw Failure(end.error ?? "Nobody completed the login.", status: .workFailed)
        }
        try connected.print(credential)
    }

    /// Waits for `body`; `nil` after Control-C.
    private func untilInterrupted<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        let interrupts = SignalStream([SIGINT])
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in interrupts.numbers { break }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    func copilot(enterprise: String?) async throws {
        let begun = try await connected.client.call(
            StartCopilot.self,
            StartCopilot.Params(projectID: connected.project, enterprise: enterprise)
        )
        open(begun.verificationURI)
        connected.console.note("and type this code there: \(TerminalText.line(begun.userCode))")
        var interval = begun.interval
        while true {
            try await Task.sleep(for: .seconds(interval))  // ok: the interval the provider asks for
            let params = PollCopilot.Params(projectID: connected.project, deviceCode: begun.deviceCode)
            let state = try await connected.client.call(PollCopilot.self, params)
            if let credential = state.credential { return try connected.print(credential) }
            interval = state.interval ?? interval
        }
    }

    /// Frees the daemon's port; that the person goes away needs no other ending.
    private func giveUp(_ state: String) async {
        do {
            let params = CancelLogin.Params(projectID: connected.project, state: state)
            _ = try await connected.client.call(CancelLogin.self, params)
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
}
