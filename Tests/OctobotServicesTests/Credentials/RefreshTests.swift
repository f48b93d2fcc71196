import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SandboxAgentAPI
import Synchronization
import Testing

@testable import OctobotServices

/// A provider that counts its calls and takes every refresh token once.
private final class StandInProvider: CredentialRefresher {
    let provider: String
    private let gate: MockGate?
    /// Opened by the first call.
    let started = MockGate()
    private let state = Mutex<(calls: Int, valid: String, refuses: Bool)>((0, "rt-0", false))

    init(_ provider: String = "anthropic", gate: MockGate? = nil) {
        self.provider = provider
        self.gate = gate
    }

    var calls: Int { state.withLock { $0.calls } }
    var refuses: Bool {
        get { state.withLock { $0.refuses } }
        set { state.withLock { $0.refuses = newValue } }
    }

    func refreshed(_ tokens: OAuthTokens) async throws(Fault) -> OAuthTokens {
        started.open()
        await gate?.wait()
        let number = state.withLock { state -> Int? in
            state.calls += 1
            guard !state.refuses, tokens.refreshToken == state.valid else { return nil }
            state.valid = "rt-\(state.calls)"
            return state.calls
        }
        guard let number else { throw Fault(.upstreamFailed, "The provider refuses.") }
        return OAuthTokens(
            accessToken: "at-\(number)",
            refreshToken: "rt-\(number)",
            expiresAt: Timestamp.now.advanced(by: .seconds(3600))
        )
    }
}

@Suite("Refreshing OAuth tokens", .timeLimit(.minutes(2)))
struct RefreshTests {
    private static func tokens(endingIn duration: Duration, refresh: String? = "rt-0") -> CredentialSecret {
        .oauth(
            OAuthTokens(
                accessToken: "at-0",
                refreshToken: refresh,
                scope: "user:inference",
                expiresAt: Timestamp.now.advanced(by: duration)
            )
        )
    }

    private static func refreshing(_ life: Life, _ provider: StandInProvider) -> CredentialRefreshing {
        CredentialRefreshing(
            vault: life.services.credentials.vault,
            refreshers: [provider],
            logger: life.services.credentials.vault.ledger.logger
        )
    }

    @Test("many who want it at once share one request, and all get its token")
    func single() async throws {
        try await withHouse { house in
            try await house.live { life in
                let gate = MockGate()
                let provider = StandInProvider(gate: gate)
                let refreshing = Self.refreshing(life, provider)
                let vault = life.services.credentials.vault
                _ = try await vault.store(
                    Self.tokens(endingIn: .seconds(60)),
                    for: "anthropic",
                    name: "Mine",
                    in: .local
                )
                let open = try #require(try await vault.credential(for: "anthropic", in: .local))
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<50 { group.addTask { await refreshing.current(open).secret.value } }
                    gate.open()
                    for try await value in group { #expect(value == "at-1") }
                }
                // One who looked before the request and asks after it gets what is there.
                #expect(await refreshing.current(open).secret.value == "at-1")
                #expect(provider.calls == 1)
                let stored = try #require(try await vault.credential(for: "anthropic", in: .local))
                #expect(stored.credential.name == "Mine")
                guard case .oauth(let tokens) = stored.secret else {
                    Issue.record("an OAuth login")
                    return
                }
                #expect(tokens.refreshToken == "rt-1" && tokens.scope == "user:inference")
            }
        }
    }

    @Test("a token with time left is used as it is, and one about to end also when nobody can renew it")
    func margins() async throws {
        try await withHouse { house in
            try await house.live { life in
                let provider = StandInProvider()
                let refreshing = Self.refreshing(life, provider)
                let vault = life.services.credentials.vault
                let cases: [(String, CredentialSecret)] = [
                    ("anthropic", Self.tokens(endingIn: .seconds(400))), ("anthropic", .apiKey("sk")),
                    ("anthropic", Self.tokens(endingIn: .seconds(1), refresh: nil)),
                    ("codex", Self.tokens(endingIn: .seconds(1))),
                ]
                for (name, secret) in cases {
                    _ = try await vault.store(secret, for: name, in: .local)
                    let open = try #require(try await vault.credential(for: name, in: .local))
                    #expect(await refreshing.current(open).secret == open.secret)
                }
                #expect(provider.calls == 0)
            }
        }
    }

    @Test("after a refusal the old token serves and nobody asks again for a while, except for a new login")
    func backsOff() async throws {
        try await withHouse { house in
            try await house.live { life in
                let provider = StandInProvider()
                provider.refuses = true
                let refreshing = Self.refreshing(life, provider)
                let vault = life.services.credentials.vault
                _ = try await vault.store(Self.tokens(endingIn: .seconds(60)), for: "anthropic", in: .local)
                let open = try #require(try await vault.credential(for: "anthropic", in: .local))
                for _ in 0..<3 { #expect(await refreshing.current(open).secret.value == "at-0") }
                #expect(provider.calls == 1)
                provider.refuses = false
                _ = try await vault.store(Self.tokens(endingIn: .seconds(60)), for: "anthropic", in: .local)
                let next = try #require(try await vault.credential(for: "anthropic", in: .local))
                #expect(await refreshing.current(next).secret.value == "at-2")
            }
        }
    }

    @Test("what is set while a refresh runs stays")
    func overtaken() async throws {
        try await withHouse { house in
            try await house.live { life in
                let gate = MockGate()
                let provider = StandInProvider(gate: gate)
                let refreshing = Self.refreshing(life, provider)
                let vault = life.services.credentials.vault
                _ = try await vault.store(Self.tokens(endingIn: .seconds(60)), for: "anthropic", in: .local)
                let open = try #require(try await vault.credential(for: "anthropic", in: .local))
                async let current = refreshing.current(open)
                await provider.started.wait()
                _ = try await vault.store(.apiKey("sk-new"), for: "anthropic", in: .local)
                gate.open()
                #expect(await current.secret == .apiKey("sk-new"))
                #expect(try await vault.credential(for: "anthropic", in: .local)?.secret == .apiKey("sk-new"))
            }
        }
    }

    @Test(
        "an agent gets the variables it reads, under the names its credentials have",
        arguments: [
            ("claude-code", Credential.AuthType.apiKey, "anthropic", "ANTHROPIC_API_KEY"),
            ("claude-code", .oauth, "anthropic", "CLAUDE_CODE_OAUTH_TOKEN"), ("claude-code", .apiKey, "openai", nil),
            ("codex", .oauth, "codex", "CODEX_API_KEY"), ("codex", .apiKey, "openai", "OPENAI_API_KEY"),
            ("copilot-cli", .oauth, "github-copilot", "GITHUB_TOKEN"), ("opencode", .oauth, "anthropic", nil),
            ("gemini-cli", .apiKey, "google", "GEMINI_API_KEY"), ("demo", .apiKey, "anthropic", nil),
            ("custom", .apiKey, "anthropic", "ANTHROPIC_API_KEY"), ("custom", .apiKey, "unheard-of", nil),
            ("custom", .oauth, "anthropic", "CLAUDE_CODE_OAUTH_TOKEN"), ("auggie", .apiKey, "anthropic", nil),
        ] as [(String, Credential.AuthType, String, String?)]
    )
    func variables(type: String, auth: Credential.AuthType, provider: String, variable: String?) throws {
        let credential = Credential(
            id: "c",
            projectID: .local,
            provider: provider,
            name: provider,
            authType: auth,
            createdAt: .now,
            updatedAt: .now
        )
        let entry = try #require(AgentCatalogue[type])
        #expect(CredentialVariables.variable(for: credential, of: entry) == variable)
    }

    @Test("each turn is delivered with what its agent needs at that moment, also with nothing")
    func delivery() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let first = try await life.send("one", to: session.id)
                #expect(try await life.ended(first.turnID, in: session.id).state == .completed)
                #expect(house.mock.agent(of: session.id).prompts.last?.credentials == [])
            }
        }
    }
}
