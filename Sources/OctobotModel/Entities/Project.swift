/// A person who may call; only the anonymous local one while login is off.
package struct User: Sendable, Codable, Equatable {
    package var id: UserID
    package var email: String
    /// Empty if unknown.
    package var name: String
    package var avatarURL: String?
    /// Where the person logged in; empty for the anonymous user.
    package var provider: String

    package init(id: UserID, email: String, name: String, avatarURL: String? = nil, provider: String = "") {
        self.id = id
        self.email = email
        self.name = name
        self.avatarURL = avatarURL
        self.provider = provider
    }

    private enum CodingKeys: String, CodingKey {
        case id, email, name, provider
        case avatarURL = "avatarUrl"
    }
}

/// What a member may do in a project; each role includes those before it.
package enum Role: String, Sendable, Codable, CaseIterable, Comparable {
    case member, admin, owner
    private var rank: Int {
        switch self {
        case .member: 0
        case .admin: 1
        case .owner: 2
        }
    }
    package static func < (lhs: Role, rhs: Role) -> Bool { lhs.rank < rhs.rank }
}

/// The owner of workspaces, agents, sessions and events.
package struct Project: Sendable, Codable, Equatable {
    package var id: ProjectID
    package var name: String
    package var slug: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package init(id: ProjectID, name: String, slug: String, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.name = name
        self.slug = slug
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// One stored setting of a user.
package struct Preference: Sendable, Codable, Equatable {
    package var key: String
    package var value: String
    package var updatedAt: Timestamp
    package init(key: String, value: String, updatedAt: Timestamp) {
        self.key = key
        self.value = value
        self.updatedAt = updatedAt
    }
}
