import JSONText
import OctobotModel

/// The sealed form of a secret: JSON in the members of behaviour.md §12.1, what is not known left out.
extension CredentialSecret {
    private struct StoredKey: Codable {
        var key: String
        private enum CodingKeys: String, CodingKey { case key = "api_key" }
    }

    private struct StoredTokens: Codable {
        var accessToken: String
        var refreshToken: String?
        var tokenType: String?
        var expiresAt: Timestamp?
        var scope: String?
        var accountID: String?

        private enum CodingKeys: String, CodingKey {
            case scope
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case tokenType = "token_type"
            case expiresAt = "expires_at"
            case accountID = "account_id"
        }
    }

    func stored() throws -> [UInt8] {
        switch self {
        case .apiKey(let key): try JSONCoding.encode(StoredKey(key: key))
        case .oauth(let tokens):
            try JSONCoding.encode(
                StoredTokens(
                    accessToken: tokens.accessToken,
                    refreshToken: tokens.refreshToken,
                    tokenType: tokens.tokenType,
                    expiresAt: tokens.expiresAt,
                    scope: tokens.scope,
                    accountID: tokens.accountID
                )
            )
        }
    }

    init(stored bytes: [UInt8], as type: Credential.AuthType) throws {
        switch type {
        case .apiKey: self = .apiKey(try JSONCoding.decode(StoredKey.self, from: bytes).key)
        case .oauth:
            let tokens = try JSONCoding.decode(StoredTokens.self, from: bytes)
            self = .oauth(
                OAuthTokens(
                    accessToken: tokens.accessToken,
                    refreshToken: tokens.refreshToken,
                    tokenType: tokens.tokenType,
                    scope: tokens.scope,
                    expiresAt: tokens.expiresAt,
                    accountID: tokens.accountID
                )
            )
        }
    }
}
