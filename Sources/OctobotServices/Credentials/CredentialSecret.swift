package import OctobotModel

/// The secret of a credential.
///
/// It prints as nothing but its name, so that it cannot slip into a log.
package enum CredentialSecret: Sendable, Equatable {
    case apiKey(String)
    case oauth(OAuthTokens)

    package var authType: Credential.AuthType {
        switch self {
        case .apiKey: .apiKey
        case .oauth: .oauth
        }
    }

    /// When it ends, as far as that is known.
    package var expiresAt: Timestamp? {
        switch self {
        case .apiKey: nil
        case .oauth(let tokens): tokens.expiresAt
        }
    }

    /// What the coding agent is given: the key or the access token.
    package var value: String {
        switch self {
        case .apiKey(let key): key
        case .oauth(let tokens): tokens.accessToken
        }
    }
}

/// What an OAuth login gave.
package struct OAuthTokens: Sendable, Equatable {
    package var accessToken: String
    package var refreshToken: String?
    package var tokenType: String?
    package var scope: String?
    /// `nil` for a token that does not end, or not at a known time.
    package var expiresAt: Timestamp?
    /// Whose token it is, for providers whose agents want to know.
    package var accountID: String?

    package init(
        accessToken: String,
        refreshToken: String? = nil,
        tokenType: String? = nil,
        scope: String? = nil,
        expiresAt: Timestamp? = nil,
        accountID: String? = nil
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.tokenType = tokenType
        self.scope = scope
        self.expiresAt = expiresAt
        self.accountID = accountID
    }
}

extension CredentialSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "CredentialSecret" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension OAuthTokens: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "OAuthTokens" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
