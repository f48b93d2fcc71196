import Foundation
import JSONText

/// Login at OpenAI for Codex: the browser brings the code to a listener on this machine (behaviour.md §12.4).
package struct CodexLogin: Sendable {
    /// Where the browser is sent unless a client says otherwise.
    package static let redirect = "http://localhost:1455/auth/callback"
    private static let scope = "openid profile email offline_access"

    private let configuration: LoginConfiguration
    private var connection: ProviderConnection { ProviderConnection(limit: configuration.limit) }
    private var tokenURL: String { configuration.url("auth.openai.com", "/oauth/token") }

    package init(_ configuration: LoginConfiguration) { self.configuration = configuration }

    /// The address the person opens.
    package func authorizeURL(_ pkce: PKCE, redirect: String) -> String {
        URLText.url(
            configuration.url("auth.openai.com", "/oauth/authorize"),
            [
                ("response_type", "code"), ("client_id", configuration.clientIDs.codex), ("redirect_uri", redirect),
                ("scope", Self.scope), ("state", pkce.state), ("code_challenge", pkce.challenge),
                ("code_challenge_method", PKCE.method), ("id_token_add_organizations", "true"),
                ("codex_cli_simplified_flow", "true"), ("originator", "codex_cli"),
            ]
        )
    }

    /// - Parameter redirect: The one the login was started with (RFC 6749 §4.1.3).
    package func exchange(
        code: String,
        verifier: String,
        redirect: String
    ) async throws(ProviderLoginError) -> ProviderTokens {
        let answer = try await connection.post(
            tokenURL,
            form: [
                ("grant_type", "authorization_code"), ("client_id", configuration.clientIDs.codex), ("code", code),
                ("redirect_uri", redirect), ("code_verifier", verifier),
            ]
        )
        return try Self.tokens(answer)
    }

    package func refresh(_ refreshToken: String) async throws(ProviderLoginError) -> ProviderTokens {
        let fields = [
            ("grant_type", "refresh_token"), ("client_id", configuration.clientIDs.codex),
            ("refresh_token", refreshToken), ("scope", Self.scope),
        ]
        return try await retrying(pause: configuration.pause) { () throws(ProviderLoginError) in
            try Self.tokens(await connection.post(tokenURL, form: fields))
        }
    }

    private static func tokens(_ answer: ProviderAnswer) throws(ProviderLoginError) -> ProviderTokens {
        var tokens = try ProviderTokens(answer)
        tokens.accountID = try answer.text("id_token", upTo: 64 << 10).flatMap(accountID)
        return tokens
    }

    /// The ChatGPT account an id token names (RFC 7519 §3); it came from the provider itself, so no signature is checked.
    private static func accountID(_ idToken: String) -> String? {
        let parts = idToken.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let bytes = Data(base64Encoded: text) else { return nil }
        do throws(JSONScanError) {
            let claims = try JSONValue(parsing: bytes)
            let account = claims["https://api.openai.com/auth"]?["chatgpt_account_id"]?.stringValue
            return account.flatMap { $0.wholeMatch(of: /[0-9A-Za-z_-]{1,128}/) == nil ? nil : $0 }
        } catch {
            // A token without claims names no account; the login is good all the same.
            return nil
        }
    }
}
