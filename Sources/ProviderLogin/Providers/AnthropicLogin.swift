/// Login at Anthropic: the person opens an address and brings back a code (behaviour.md §12.4).
package struct AnthropicLogin: Sendable {
    private static let redirect = "https://console.anthropic.com/oauth/code/callback"
    private static let scope = "org:create_api_key user:profile user:inference"

    private let configuration: LoginConfiguration
    private var connection: ProviderConnection { ProviderConnection(limit: configuration.limit) }
    private var tokenURL: String { configuration.url("console.anthropic.com", "/v1/oauth/token") }

    package init(_ configuration: LoginConfiguration) { self.configuration = configuration }

    /// The address the person opens.
    package func authorizeURL(_ pkce: PKCE) -> String {
        URLText.url(
            configuration.url("claude.ai", "/oauth/authorize"),
            [
                ("code", "true"), ("response_type", "code"), ("client_id", configuration.clientIDs.anthropic),
                ("redirect_uri", Self.redirect), ("scope", Self.scope), ("state", pkce.state),
                ("code_challenge", pkce.challenge), ("code_challenge_method", PKCE.method),
            ]
        )
    }

    /// Whether what was pasted is no code but a long-lived token itself.
    package static func isToken(_ code: String) -> Bool { code.hasPrefix("sk-ant-oat0") }

    /// A long-lived token as it was pasted: good for a year, without a refresh token.
    ///
    /// Returns `nil` for what cannot be a token.
    package static func tokens(pasted token: String) -> ProviderTokens? {
        guard isToken(token), (20...1024).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return ProviderTokens(accessToken: token, tokenType: "Bearer", lifetime: .seconds(365 * 24 * 3600))
    }

    /// - Parameter state: The one that came back with the code, else the one that was sent.
    package func exchange(
        code: String,
        state: String,
        verifier: String
    ) async throws(ProviderLoginError) -> ProviderTokens {
        let answer = try await connection.post(
            tokenURL,
            json: [
                "grant_type": "authorization_code", "code": code, "state": state,
                "client_id": configuration.clientIDs.anthropic, "redirect_uri": Self.redirect,
                "code_verifier": verifier,
            ]
        )
        return try ProviderTokens(answer)
    }

    package func refresh(_ refreshToken: String) async throws(ProviderLoginError) -> ProviderTokens {
        let fields = [
            "grant_type": "refresh_token", "refresh_token": refreshToken,
            "client_id": configuration.clientIDs.anthropic,
        ]
        return try await retrying(pause: configuration.pause) { () throws(ProviderLoginError) in
            try ProviderTokens(await connection.post(tokenURL, json: fields))
        }
    }
}
