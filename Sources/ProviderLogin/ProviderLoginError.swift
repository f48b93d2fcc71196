/// A login that did not succeed, as far as it may be told: no token, no code, no words of the provider.
package enum ProviderLoginError: Error, Sendable, Equatable {
    /// The provider said no.
    case refused(OAuthErrorCode)
    /// There was no answer: connection, TLS or time.
    case unreachable(String)
    /// The provider answered that it cannot answer: HTTP status 429 or 500 and above.
    case failed(status: Int)
    /// The answer cannot be used; what is wrong with it, in our words.
    case invalidAnswer(String)

    /// Whether the same request may succeed a moment later.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .failed, .refused(.temporarilyUnavailable), .refused(.serverError): true
        case .refused, .invalidAnswer: false
        }
    }
}

/// Why a provider refused: the codes of RFC 6749 §5.2 and RFC 8628 §3.5, and of the providers where they mean the same.
package enum OAuthErrorCode: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidScope = "invalid_scope"
    case accessDenied = "access_denied"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case authorizationPending = "authorization_pending"
    case slowDown = "slow_down"
    case expiredToken = "expired_token"
    /// One we do not know: its text is the provider's and is not repeated.
    case other

    /// The code a text stands for.
    init(_ text: String) {
        self = OAuthErrorCode(rawValue: text) ?? Self.synonyms[text] ?? .other
    }

    /// GitHub's and OpenAI's own words.
    private static let synonyms: [String: OAuthErrorCode] = [
        "bad_verification_code": .invalidGrant, "incorrect_device_code": .invalidGrant,
        "bad_refresh_token": .invalidGrant, "refresh_token_expired": .invalidGrant,
        "refresh_token_reused": .invalidGrant, "refresh_token_invalidated": .invalidGrant,
        "incorrect_client_credentials": .invalidClient, "device_flow_disabled": .unauthorizedClient,
        "invalid_request_error": .invalidRequest, "token_expired": .expiredToken,
    ]
}
