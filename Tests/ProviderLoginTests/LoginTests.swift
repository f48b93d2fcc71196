import OctobotTestSupport
import Testing

@testable import ProviderLogin

@Suite("logins at providers", .timeLimit(.minutes(2)))
struct LoginTests {
    static func configuration(_ provider: StandInProvider, limit: Duration = .seconds(20)) throws -> LoginConfiguration
    {
        var configuration = try #require(LoginConfiguration(standIn: provider.url))
        configuration.limit = limit
        configuration.pause = .milliseconds(1)
        return configuration
    }

    @Test("Anthropic gives tokens for a code with its state and verifier, and new ones for the refresh token")
    func anthropic() async throws {
        try await StandInProvider.run { provider in
            let login = AnthropicLogin(try Self.configuration(provider))
            let pkce = try PKCE.random()
            let address = login.authorizeURL(pkce)
            #expect(!address.contains(pkce.verifier))
            let (code, state) = try provider.agree(to: address)
            #expect(state == pkce.state)
            let tokens = try await login.exchange(code: code, state: state, verifier: pkce.verifier)
            #expect(tokens.accessToken == "access-1" && tokens.refreshToken == "refresh-1")
            #expect(tokens.lifetime == .seconds(3600))
            let refreshed = try await login.refresh("refresh-1")
            #expect(refreshed.accessToken == "access-2")
            await #expect(throws: ProviderLoginError.refused(.invalidGrant)) { try await login.refresh("refresh-1") }
            // A code is good once.
            await #expect(throws: ProviderLoginError.refused(.invalidGrant)) {
                try await login.exchange(code: code, state: state, verifier: pkce.verifier)
            }
        }
    }

    @Test("Codex gives tokens for a code of the same redirect, not of another verifier")
    func codex() async throws {
        try await StandInProvider.run { provider in
            let login = CodexLogin(try Self.configuration(provider))
            let pkce = try PKCE.random()
            let (code, _) = try provider.agree(to: login.authorizeURL(pkce, redirect: CodexLogin.redirect))
            let tokens = try await login.exchange(
                code: code,
                verifier: pkce.verifier,
                redirect: CodexLogin.redirect
            )
            #expect(tokens.refreshToken != nil)
            let (other, _) = try provider.agree(to: login.authorizeURL(pkce, redirect: CodexLogin.redirect))
            await #expect(throws: ProviderLoginError.refused(.invalidGrant)) {
                try await login.exchange(code: other, verifier: "wrong", redirect: CodexLogin.redirect)
            }
        }
    }

    @Test("the account of a Codex login is read from its id token, and rubbish names none")
    func account() async throws {
        try await StandInProvider.run { provider in
            let login = CodexLogin(try Self.configuration(provider))
            // {"https://api.openai.com/auth":{"chatgpt_account_id":"acc-1"}}
            let claims = "eyJodHRwczovL2FwaS5vcGVuYWkuY29tL2F1dGgiOnsiY2hhdGdwdF9hY2NvdW50X2lkIjoiYWNjLTEifX0"
            for (token, account) in [("h.\(claims).s", "acc-1"), ("h.e30.s", nil), ("x", nil), ("..", nil)] {
                provider.fail(.answer(status: 200, body: #"{"access_token":"a","id_token":"\#(token)"}"#))
                let tokens = try await login.exchange(code: "c", verifier: "v", redirect: "r")
                #expect(tokens.accountID == account)
            }
        }
    }

    @Test("GitHub is asked until the person is done; each of its answers means what RFC 8628 says")
    func copilot() async throws {
        try await StandInProvider.run { provider in
            let login = CopilotLogin(try Self.configuration(provider))
            let code = try await login.start(at: "github.com")
            #expect(code.userCode == "WDJB-MJHT" && code.lifetime == .seconds(900))
            func poll() async throws { _ = try await login.poll(code.deviceCode, at: "github.com") }
            await #expect(throws: ProviderLoginError.refused(.authorizationPending)) { try await poll() }
            provider.settle(code.deviceCode, .slowDown)
            await #expect(throws: ProviderLoginError.refused(.slowDown)) { try await poll() }
            #expect(try await login.poll(code.deviceCode, at: "github.com").accessToken.hasPrefix("access-gh-"))
            provider.settle(code.deviceCode, .denied)
            await #expect(throws: ProviderLoginError.refused(.accessDenied)) { try await poll() }
            provider.settle(code.deviceCode, .expired)
            await #expect(throws: ProviderLoginError.refused(.expiredToken)) { try await poll() }
        }
    }

    @Test(
        "only host names are hosts",
        arguments: [
            ("https://GitHub.Example.com/login?x", "github.example.com"), ("ghe.example.org", "ghe.example.org"),
            (" https://a.b.example.com ", "a.b.example.com"), ("https://10.0.0.1", nil), ("https://[::1]/", nil),
            ("localhost", nil), ("https://a.example.com:8080", nil), ("https://u@a.example.com", nil), ("", nil),
            ("https://a..example.com", nil), ("a.example.com\u{0}", nil), ("-a.example.com", nil),
        ]
    )
    func hosts(address: String, host: String?) {
        #expect(CopilotLogin.host(address) == host)
    }

    @Test("a stand-in is a port of this machine and nothing else")
    func standIns() {
        for address in [
            "https://127.0.0.1:1", "http://localhost:1", "http://10.0.0.1:80", "http://127.0.0.1", "",
            "http://127.0.0.1:0",
            "http://127.0.0.1:1@example.com", "http://127.0.0.1:99999",
        ] { #expect(LoginConfiguration(standIn: address) == nil, "\(address)") }
        #expect(LoginConfiguration().url("claude.ai", "/x") == "https://claude.ai/x")
    }
}
