import OctobotTestSupport
import Testing

@testable import ProviderLogin

/// Whatever a provider answers is one error, and nothing of the answer is in it.
@Suite("hostile answers", .timeLimit(.minutes(2)))
struct HostileAnswerTests {
    private static func error(
        _ fault: StandInProvider.Fault,
        limit: Duration = .seconds(20)
    ) async throws -> ProviderLoginError? {
        try await StandInProvider.run { provider in
            let login = CodexLogin(try LoginTests.configuration(provider, limit: limit))
            provider.fail(fault)
            do throws(ProviderLoginError) {
                _ = try await login.exchange(code: "canary-code", verifier: "canary-verifier", redirect: "r")
                return nil
            } catch {
                let text = String(reflecting: error) + "\(error)"
                #expect(!text.contains("canary"), "\(text)")
                return error
            }
        }
    }

    @Test(
        "a body that is no object of tokens",
        arguments: [
            "", "canary", "[]", "null", "{", "{}", #"{"access_token":7}"#, #"{"access_token":""}"#,
            #"{"access_token":"can\nary"}"#, #"{"access_token":"a","refresh_token":["canary"]}"#,
            #"{"access_token":"a","expires_in":"canary"}"#, #"{"access_token":"a","expires_in":-1}"#,
            #"{"access_token":"a","expires_in":1e99}"#, #"{"access_token":"a","token_type":"mac"}"#,
            #"{"access_token":"a","access_token":"canary"}"#, "<html>canary</html>",
            #"{"access_token":"a","scope":{"canary":1}}"#,
        ]
    )
    func bodies(body: String) async throws {
        let error = try await Self.error(.answer(status: 200, body: body))
        guard case .invalidAnswer? = error else {
            Issue.record("\(String(describing: error)) for \(body)")
            return
        }
    }

    @Test("a deep one, and one larger than any token")
    func sizes() async throws {
        let deep = String(repeating: "[", count: 100_000)
        guard case .invalidAnswer? = try await Self.error(.answer(status: 200, body: deep)) else {
            Issue.record("deep")
            return
        }
        guard case .invalidAnswer? = try await Self.error(.huge) else {
            Issue.record("huge")
            return
        }
        let long = #"{"access_token":"\#(String(repeating: "a", count: 20_000))"}"#
        #expect(
            try await Self.error(.answer(status: 200, body: long)) == .invalidAnswer("its access_token is too long")
        )
    }

    @Test("a redirect is not followed: nobody else is told the code")
    func redirect() async throws {
        try await StandInProvider.run { other in
            let error = try await Self.error(.redirect(to: other.url + "/oauth/token"))
            #expect(error == .invalidAnswer("it leads elsewhere"))
            #expect(other.requests.isEmpty)
        }
    }

    @Test(
        "the limit holds for silence and for a body that never ends",
        arguments: [StandInProvider.Fault.silence, .drip]
    )
    func slow(fault: StandInProvider.Fault) async throws {
        let start = ContinuousClock.now
        guard case .unreachable? = try await Self.error(fault, limit: .milliseconds(300)) else {
            Issue.record("\(fault) was taken")
            return
        }
        #expect(start.duration(to: .now) < .seconds(10))
    }

    @Test("a connection that is closed, and a port where nobody listens")
    func closed() async throws {
        guard case .unreachable? = try await Self.error(.close) else {
            Issue.record("closed")
            return
        }
        let url = try await StandInProvider.run { $0.url }
        let login = AnthropicLogin(try #require(LoginConfiguration(standIn: url)))
        await #expect(throws: ProviderLoginError.unreachable("the connection is refused")) {
            try await login.exchange(code: "c", state: "s", verifier: "v")
        }
    }

    @Test("statuses and errors are told apart, in words of ours")
    func refusals() async throws {
        let cases: [(StandInProvider.Fault, ProviderLoginError)] = [
            (.error("invalid_grant"), .refused(.invalidGrant)),
            (.error("canary"), .refused(.other)),
            (
                .answer(status: 400, body: #"{"error":{"code":"refresh_token_reused","type":"x"}}"#),
                .refused(.invalidGrant)
            ),
            (.answer(status: 401, body: "canary"), .refused(.invalidGrant)),
            (.answer(status: 403, body: "canary"), .invalidAnswer("it has status 403 and no error")),
            (.answer(status: 429, body: #"{"error":"slow_down"}"#), .failed(status: 429)),
            (.answer(status: 503, body: "canary"), .failed(status: 503)),
        ]
        for (fault, expected) in cases { #expect(try await Self.error(fault) == expected, "\(fault)") }
    }

    @Test("a refresh is tried again while the trouble may pass, three times and no more")
    func retries() async throws {
        try await StandInProvider.run { provider in
            let login = AnthropicLogin(try LoginTests.configuration(provider))
            let pkce = try PKCE.random()
            let (code, state) = try provider.agree(to: login.authorizeURL(pkce))
            let tokens = try await login.exchange(code: code, state: state, verifier: pkce.verifier)
            provider.fail(.close, .answer(status: 503, body: ""))
            let fresh = try await login.refresh(try #require(tokens.refreshToken))
            #expect(provider.requests.count == 4)
            provider.fail(.close, .close, .close)
            await #expect(throws: ProviderLoginError.self) {
                try await login.refresh(try #require(fresh.refreshToken))
            }
            #expect(provider.requests.count == 7)
            provider.fail(.error("invalid_grant"))
            await #expect(throws: ProviderLoginError.refused(.invalidGrant)) { try await login.refresh("r") }
            #expect(provider.requests.count == 8)
        }
    }

    @Test("tokens print as nothing")
    func description() {
        let tokens = ProviderTokens(accessToken: "canary", refreshToken: "canary")
        var dumped = ""
        dump(tokens, to: &dumped)
        for text in ["\(tokens)", String(reflecting: tokens), dumped, "\(Optional(tokens) as Any)"] {
            #expect(!text.contains("canary"))
        }
    }
}
