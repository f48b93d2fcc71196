/// What a project shows a provider's models with; its secret is sealed in the store and never part of this.
package struct Credential: Sendable, Codable, Equatable {
    package enum AuthType: String, Sendable, Codable, CaseIterable {
        case apiKey = "api_key"
        case oauth
    }

    package var id: CredentialID
    package var projectID: ProjectID
    /// An id of the catalogue of providers, such as `anthropic`; a project has at most one credential of each.
    package var provider: String
    package var name: String
    package var authType: AuthType
    /// Whether there is a secret.
    package var isConfigured: Bool
    /// When an OAuth token ends; absent when that is not known.
    package var expiresAt: Timestamp?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: CredentialID,
        projectID: ProjectID,
        provider: String,
        name: String,
        authType: AuthType,
        isConfigured: Bool = true,
        expiresAt: Timestamp? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.projectID = projectID
        self.provider = provider
        self.name = name
        self.authType = authType
        self.isConfigured = isConfigured
        self.expiresAt = expiresAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, provider, name, authType, isConfigured, expiresAt, createdAt, updatedAt
        case projectID = "projectId"
    }
}

package typealias CredentialID = Identifier<Credential>
