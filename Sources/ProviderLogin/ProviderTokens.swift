import JSONText

/// What a provider gave for a code, a device code or a refresh token (RFC 6749 §5.1).
///
/// It prints as nothing but its name, so that it cannot slip into a log.
package struct ProviderTokens: Sendable, Equatable {
    package var accessToken: String
    package var refreshToken: String?
    package var tokenType: String?
    package var scope: String?
    /// How long the access token lives; `nil` where the provider does not say.
    package var lifetime: Duration?
    /// Whose token it is; Codex only.
    package var accountID: String?

    package init(
        accessToken: String,
        refreshToken: String? = nil,
        tokenType: String? = nil,
        scope: String? = nil,
        lifetime: Duration? = nil,
        accountID: String? = nil
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.tokenType = tokenType
        self.scope = scope
        self.lifetime = lifetime
        self.accountID = accountID
    }
}

extension ProviderTokens: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "ProviderTokens" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension ProviderTokens {
    /// A token's greatest length; it has to fit a header and an environment variable.
    private static let maximum = 16 << 10

    init(_ answer: ProviderAnswer) throws(ProviderLoginError) {
        guard let access = try Self.token("access_token", answer) else {
            throw .invalidAnswer("it has no access_token")
        }
        accessToken = access
        refreshToken = try Self.token("refresh_token", answer)
        tokenType = try answer.text("token_type", upTo: 64)
        scope = try answer.text("scope", upTo: 4096)
        if let type = tokenType, type.lowercased() != "bearer" {
            throw .invalidAnswer("its token_type is not bearer")
        }
        if let seconds = try answer.integer("expires_in", in: 0...315_360_000), seconds > 0 {
            lifetime = .seconds(seconds)
        }
    }

    /// A member that is a token: visible ASCII only, so that it can be sent as it is (RFC 6750 §2.1).
    private static func token(_ name: String, _ answer: ProviderAnswer) throws(ProviderLoginError) -> String? {
        guard let text = try answer.text(name, upTo: maximum) else { return nil }
        guard !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidAnswer("its \(name) is no token")
        }
        return text
    }
}
