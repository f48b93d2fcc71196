import AsyncHTTPClient
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotTestSupport
import ProviderLogin
import Testing

@testable import OctobotServices

@Suite("logins at providers", .serialized, .timeLimit(.minutes(3)))
struct ProviderLoginTests {
    /// Runs the services against a stand-in of all providers.
    private func run(
        enterprise: [String] = [],
        _ body: @escaping @Sendable (StandInProvider, Life) async throws -> Void
    ) async throws {
        try await StandInProvider.run { provider in
            var configuration = try #require(LoginConfiguration(standIn: provider.url))
            configuration.enterpriseHosts = enterprise
            configuration.pause = .milliseconds(1)
            let logins = configuration
            try await withHouse { house in
                try await house.live(logins: logins) { life in try await body(provider, life) }
            }
        }
    }

    private static let stranger = Call(principal: Principal(userID: "u2", name: "Eve"), requestID: "r")

    private static func secret(_ provider: String, _ life: Life) async throws -> OAuthTokens? {
        guard
            case .oauth(let tokens)? = try await life.services.credentials.vault.credential(
                for: provider,
                in: .local
            )?.secret
        else { return nil }
        return tokens
    }

    // MARK: Anthropic

    @Test("a login at Anthropic becomes a credential; its code, state and verifier are good once")
    func anthropic() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let begun = try await logins.authorizeAnthropic(ProjectTarget(), life.call)
            #expect(begun.state != begun.verifier && !begun.url.contains(begun.verifier))
            #expect(begun.codeChallenge == PKCE.challenge(of: begun.verifier) && begun.codeChallengeMethod == "S256")
            let (code, state) = try provider.agree(to: begun.url)
            let params = ExchangeAnthropic.Params(code: " \(code)#\(state)\n", verifier: begun.verifier)

            #expect(
                await fault { _ = try await logins.exchangeAnthropic(params, Self.stranger) }?.reason == "login.unknown"
            )
            let foreign = ExchangeAnthropic.Params(code: "\(code)#other", verifier: begun.verifier)
            #expect(await fault { _ = try await logins.exchangeAnthropic(foreign, life.call) }?.kind == .invalidParams)
            #expect(provider.requests.isEmpty)

            let end = try await logins.exchangeAnthropic(params, life.call)
            #expect(end.success && end.expiresIn == 3600)
            let credential = try #require(end.credential)
            #expect(credential.provider == "anthropic" && credential.name == "Anthropic OAuth")
            #expect(credential.authType == .oauth && credential.expiresAt == end.expiresAt)
            let tokens = try #require(try await Self.secret("anthropic", life))
            #expect(tokens.accessToken == "access-1" && tokens.refreshToken == "refresh-1")
            #expect(provider.requests.last?.fields["state"] == state)

            let again = await fault { _ = try await logins.exchangeAnthropic(params, life.call) }
            #expect(again?.reason == "login.unknown" && again?.kind == .invalidState)
            let waited = try await logins.wait(WaitLogin.Params(state: begun.state), life.call)
            #expect(waited.status == .success && waited.credential == credential)
        }
    }

    @Test("a long-lived token is stored for a year as it is, and only a whole one")
    func longLivedToken() async throws {
        try await run { provider, life in
            let token = "sk-ant-oat01-" + String(repeating: "x", count: 40)
            let logins = life.services.providerLogins
            let end = try await logins.exchangeAnthropic(ExchangeAnthropic.Params(code: token + "\n"), life.call)
            #expect(end.success && end.expiresIn == 365 * 86_400)
            let tokens = try #require(try await Self.secret("anthropic", life))
            #expect(tokens.accessToken == token && tokens.refreshToken == nil)
            #expect(provider.requests.isEmpty)
            let bad = ExchangeAnthropic.Params(code: "sk-ant-oat01-x y" + String(repeating: "x", count: 40))
            #expect(await fault { _ = try await logins.exchangeAnthropic(bad, life.call) }?.kind == .invalidParams)
            let lacking = ExchangeAnthropic.Params(code: "code#state")
            #expect(await fault { _ = try await logins.exchangeAnthropic(lacking, life.call) }?.kind == .invalidParams)
        }
    }

    @Test("a refusal is a result without a credential; a provider that is away spends nothing")
    func refusals() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let begun = try await logins.authorizeAnthropic(ProjectTarget(), life.call)
            let (code, _) = try provider.agree(to: begun.url)
            let params = ExchangeAnthropic.Params(code: code, verifier: begun.verifier)
            provider.fail(.close)
            let away = await fault { _ = try await logins.exchangeAnthropic(params, life.call) }
            #expect(away?.kind == .upstreamFailed && away?.reason == "provider.unreachable")
            provider.fail(.error("invalid_grant"))
            let end = try await logins.exchangeAnthropic(params, life.call)
            #expect(!end.success && end.credential == nil)
            #expect(end.error?.contains("invalid_grant") == true)
            #expect(try await Self.secret("anthropic", life) == nil)
            let state = try await logins.wait(WaitLogin.Params(state: begun.state), life.call)
            #expect(state.status == .failed)
        }
    }

    @Test("what a provider answers is nowhere in the fault")
    func hostile() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            for answer in [
                StandInProvider.Fault.huge, .redirect(to: "http://canary.example"),
                .answer(status: 200, body: #"{"access_token":["canary"]}"#),
                .answer(status: 200, body: "<canary>", type: "text/html"),
            ] {
                let begun = try await logins.authorizeAnthropic(ProjectTarget(), life.call)
                let params = ExchangeAnthropic.Params(code: "canary-code", verifier: begun.verifier)
                provider.fail(answer)
                let fault = try #require(await fault { _ = try await logins.exchangeAnthropic(params, life.call) })
                #expect(fault.kind == .upstreamFailed && fault.reason == "provider.invalidAnswer")
                let text = String(reflecting: fault)
                #expect(!text.contains("canary") && !text.contains(begun.verifier), "\(text)")
            }
        }
    }

    // MARK: Codex

    private static func get(_ url: String) async throws -> String {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(20))
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }

    /// A port nobody listens on.
    private static func freePort() async throws -> Int {
        let listener = try await CallbackListener.bind(port: 0)
        await listener.close()
        return listener.port
    }

    @Test("the browser completes a login at OpenAI, once, and the port is free after it")
    func codex() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let port = try await Self.freePort()
            let callback = "http://localhost:\(port)/auth/callback"
            let begun = try await logins.authorizeCodex(AuthorizeCodex.Params(redirectURI: callback), life.call)
            #expect(begun.isListening)
            async let waited = logins.wait(WaitLogin.Params(state: begun.state), life.call)
            let (code, state) = try provider.agree(to: begun.url)
            let base = "http://127.0.0.1:\(port)/auth/callback"

            let unknown = try await Self.get("\(base)?code=%3Cb%3E&state=guess")
            #expect(unknown.contains("&lt;b&gt;") && !unknown.contains("<b>"))
            let page = try await Self.get("\(base)?code=\(code)&state=\(state)")
            #expect(page.contains("Login complete"), "\(page)")
            let end = try await waited
            #expect(end.status == .success && end.credential?.name == "OpenAI Codex")
            #expect(try await Self.secret("codex", life)?.accessToken == "access-1")
            // Whoever was last has closed the port.
            let reused = try await CallbackListener.bind(port: port)
            await reused.close()
        }
    }

    @Test("with the port taken the code is brought by hand")
    func busyPort() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let other = try await CallbackListener.bind(port: 0)
            let callback = "http://localhost:\(other.port)/auth/callback"
            let begun = try await logins.authorizeCodex(AuthorizeCodex.Params(redirectURI: callback), life.call)
            #expect(!begun.isListening)
            let (code, _) = try provider.agree(to: begun.url)
            var params = ExchangeCodex.Params(code: code, verifier: begun.verifier)
            params.redirectURI = "http://localhost:1/auth/callback"
            #expect(await fault { _ = try await logins.exchangeCodex(params, life.call) }?.kind == .invalidParams)
            params.redirectURI = nil
            let end = try await logins.exchangeCodex(params, life.call)
            #expect(end.success)
            await other.close()
        }
    }

    @Test("a login that the person refuses, or the client gives up, is over")
    func cancelled() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let port = try await Self.freePort()
            let params = AuthorizeCodex.Params(redirectURI: "http://127.0.0.1:\(port)/auth/callback")
            let first = try await logins.authorizeCodex(params, life.call)
            let second = try await logins.authorizeCodex(params, life.call)
            #expect(first.isListening && second.isListening)
            let base = "http://127.0.0.1:\(port)/auth/callback"
            let page = try await Self.get("\(base)?error=access_denied&error_description=%3Cx%3E&state=\(first.state)")
            #expect(page.contains("Login cancelled") && !page.contains("<x>"))
            let end = try await logins.wait(WaitLogin.Params(state: first.state), life.call)
            #expect(end.status == .failed && end.error?.contains("access_denied") == true)

            let pending = try await logins.wait(WaitLogin.Params(state: second.state, timeoutMs: 0), life.call)
            #expect(pending.status == .pending)
            #expect(
                await fault {
                    _ = try await logins.wait(WaitLogin.Params(state: second.state), Self.stranger)
                }?.kind == .notFound
            )
            _ = try await logins.cancel(CancelLogin.Params(state: second.state), Self.stranger)
            _ = try await logins.cancel(CancelLogin.Params(state: second.state), life.call)
            #expect(try await logins.wait(WaitLogin.Params(state: second.state), life.call).status == .failed)
            await #expect(throws: (any Error).self) { try await Self.get(base) }
            #expect(provider.requests.isEmpty)
        }
    }

    @Test(
        "only addresses a browser can be sent back to",
        arguments: [
            "", "ftp://localhost/auth/callback", "http://example.com/auth/callback", "http://localhost:0/auth/callback",
            "http://localhost:99999/auth/callback", "http://localhost:1455/a b", "javascript:alert(1)",
            "http://localhost:1455@example.com/", "https://",
        ]
    )
    func redirects(address: String) async throws {
        try await run { _, life in
            let params = AuthorizeCodex.Params(redirectURI: address)
            let refused = await fault { _ = try await life.services.providerLogins.authorizeCodex(params, life.call) }
            #expect(refused?.kind == .invalidParams)
        }
    }

    // MARK: Copilot

    @Test("a login at GitHub: pending, then a credential, and the same again")
    func copilot() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let begun = try await logins.startCopilot(StartCopilot.Params(), life.call)
            #expect(begun.domain == "github.com" && begun.userCode == "WDJB-MJHT" && begun.expiresIn == 900)
            let params = PollCopilot.Params(deviceCode: begun.deviceCode, domain: "evil.example.com")
            let pending = try await logins.pollCopilot(params, life.call)
            #expect(pending.status == .pending && pending.error == "authorization_pending")
            #expect(await fault { _ = try await logins.pollCopilot(params, Self.stranger) }?.kind == .cursorExpired)
            provider.settle(begun.deviceCode, .approved)
            let end = try await logins.pollCopilot(params, life.call)
            #expect(end.status == .success && end.credential?.name == "GitHub Copilot")
            #expect(end.credential?.expiresAt == nil)
            #expect(try await logins.pollCopilot(params, life.call) == end)
            #expect(try await Self.secret("github-copilot", life)?.accessToken.hasPrefix("access-gh-") == true)
        }
    }

    @Test("GitHub is not asked more often than it wants, and less after it asks for patience")
    func patience() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let begun = try await logins.startCopilot(StartCopilot.Params(), life.call)
            let params = PollCopilot.Params(deviceCode: begun.deviceCode)
            provider.settle(begun.deviceCode, .slowDown)
            let slowed = try await logins.pollCopilot(params, life.call)
            #expect(slowed.status == .pending && slowed.error == "slow_down" && slowed.interval == 5)
            let count = provider.requests.count
            let early = try await logins.pollCopilot(params, life.call)
            #expect(early.status == .pending && early.error == "slow_down")
            #expect(provider.requests.count == count)
        }
    }

    @Test("the ways a login at GitHub fails")
    func failures() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            for (outcome, kind) in [
                (StandInProvider.Outcome.denied, FaultKind.permissionDenied), (.expired, .cursorExpired),
            ] {
                let begun = try await logins.startCopilot(StartCopilot.Params(), life.call)
                let params = PollCopilot.Params(deviceCode: begun.deviceCode)
                provider.settle(begun.deviceCode, outcome)
                #expect(await fault { _ = try await logins.pollCopilot(params, life.call) }?.kind == kind)
                #expect(await fault { _ = try await logins.pollCopilot(params, life.call) }?.kind == .cursorExpired)
            }
            let begun = try await logins.startCopilot(StartCopilot.Params(), life.call)
            let params = PollCopilot.Params(deviceCode: begun.deviceCode)
            provider.fail(.answer(status: 502, body: ""))
            #expect(await fault { _ = try await logins.pollCopilot(params, life.call) }?.kind == .upstreamFailed)
            let pending = try await logins.pollCopilot(params, life.call)
            #expect(pending.status == .pending)
            provider.fail(.answer(status: 200, body: #"{"device_code":1}"#))
            #expect(
                await fault { _ = try await logins.startCopilot(StartCopilot.Params(), life.call) }?.reason
                    == "provider.invalidAnswer"
            )
        }
    }

    @Test("only hosts that whoever runs the daemon named are asked")
    func hosts() async throws {
        try await run(enterprise: ["ghe.example.com"]) { provider, life in
            let logins = life.services.providerLogins
            for address in [nil, "https://10.0.0.1", "other.example.com", "localhost", "169.254.169.254"] {
                let params = StartCopilot.Params(deployment: .enterprise, enterpriseURL: address)
                #expect(await fault { _ = try await logins.startCopilot(params, life.call) }?.kind == .invalidParams)
            }
            #expect(provider.requests.isEmpty)
            let params = StartCopilot.Params(deployment: .enterprise, enterpriseURL: "https://GHE.example.com/login")
            let begun = try await logins.startCopilot(params, life.call)
            #expect(begun.domain == "ghe.example.com")
        }
    }

    // MARK: Refreshing

    @Test("tokens are refreshed at their provider; a worthless refresh token asks for a new login")
    func refreshing() async throws {
        try await run { provider, life in
            let logins = life.services.providerLogins
            let begun = try await logins.authorizeAnthropic(ProjectTarget(), life.call)
            let (code, _) = try provider.agree(to: begun.url)
            _ = try await logins.exchangeAnthropic(
                ExchangeAnthropic.Params(code: code, verifier: begun.verifier),
                life.call
            )
            let target = CredentialTarget(provider: "anthropic")
            provider.fail(.close, .answer(status: 503, body: ""))
            let fresh = try await life.services.credentials.refresh(target, life.call)
            #expect(fresh.expiresIn.map { (3590...3600).contains($0) } == true)
            let tokens = try #require(try await Self.secret("anthropic", life))
            #expect(tokens.accessToken == "access-2" && tokens.refreshToken == "refresh-2")
            #expect(try await life.services.credentials.get(target, life.call).name == "Anthropic OAuth")
            provider.revokeRefreshTokens()
            let refused = await fault { _ = try await life.services.credentials.refresh(target, life.call) }
            #expect(refused?.kind == .upstreamFailed && refused?.reason == "credential.loginNeeded")
            let listed = try await life.services.credentials.list(ProjectPage(), life.call).items
            #expect(listed.map(\.isConfigured) == [false])
            #expect(try await Self.secret("anthropic", life) == nil)
            // The next login makes it good again.
            let again = try await logins.authorizeAnthropic(ProjectTarget(), life.call)
            let (fresh2, _) = try provider.agree(to: again.url)
            let done = try await logins.exchangeAnthropic(
                ExchangeAnthropic.Params(code: fresh2, verifier: again.verifier),
                life.call
            )
            #expect(done.credential?.isConfigured == true)
        }
    }
}
