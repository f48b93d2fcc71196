package import OctobotModel
package import ProviderLogin

/// Exchanges refresh tokens at the providers whose logins we know.
package struct OAuthRefresher: CredentialRefresher {
    package let provider: String
    /// Its name for people.
    private let name: String
    private let exchange: @Sendable (String) async throws(ProviderLoginError) -> ProviderTokens

    /// One for each provider.
    package static func all(_ configuration: LoginConfiguration) -> [any CredentialRefresher] {
        let anthropic = AnthropicLogin(configuration)
        let codex = CodexLogin(configuration)
        let copilot = CopilotLogin(configuration)
        return [
            OAuthRefresher(provider: "anthropic", name: "Anthropic", exchange: anthropic.refresh),
            OAuthRefresher(provider: "codex", name: "OpenAI", exchange: codex.refresh),
            OAuthRefresher(provider: "github-copilot", name: "GitHub", exchange: copilot.refresh),
        ]
    }

    package func refreshed(_ tokens: OAuthTokens) async throws(Fault) -> OAuthTokens {
        guard let refreshToken = tokens.refreshToken else {
            throw .invalidState(
                "The credential has no refresh token.",
                reason: "credential.notRefreshable",
                state: "configured",
                hint: "Log in again."
            )
        }
        do throws(ProviderLoginError) {
            var fresh = OAuthTokens(try await exchange(refreshToken))
            fresh.refreshToken = fresh.refreshToken ?? tokens.refreshToken
            fresh.tokenType = fresh.tokenType ?? tokens.tokenType
            fresh.scope = fresh.scope.flatMap { $0.isEmpty ? nil : $0 } ?? tokens.scope
            fresh.accountID = fresh.accountID ?? tokens.accountID
            return fresh
        } catch {
            throw error.fault(of: name)
        }
    }
}

extension ProviderLoginError {
    /// The reason of the fault that says a person has to log in again.
    static let loginNeeded = "credential.loginNeeded"

    /// - Parameter name: The provider's, for people.
    func fault(of name: String) -> Fault {
        switch self {
        case .refused(.invalidGrant), .refused(.expiredToken):
            Fault(
                .upstreamFailed,
                "\(name) does not accept the credential any more.",
                reason: Self.loginNeeded,
                hint: "Log in again."
            )
        case .refused(let code):
            Fault(.upstreamFailed, "\(name) refused (\(code.rawValue)).", reason: "provider.refused")
        case .unreachable(let problem):
            Fault(
                .upstreamFailed,
                "\(name) gave no answer: \(problem).",
                reason: "provider.unreachable",
                hint: "Check the network and try again."
            )
        case .failed(let status):
            Fault(
                .upstreamFailed,
                "\(name) answered with status \(status).",
                reason: "provider.failed",
                hint: "Try again later."
            )
        case .invalidAnswer(let problem):
            Fault(
                .upstreamFailed,
                "The answer of \(name) cannot be used: \(problem).",
                reason: "provider.invalidAnswer"
            )
        }
    }
}
