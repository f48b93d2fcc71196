/// A person who belongs to a project (rest-api.md §6).
package struct Member: Sendable, Codable, Equatable {
    /// `<project>/<user>`: there is one membership for both.
    package var id: String
    package var projectID: ProjectID
    package var userID: UserID
    package var role: Role
    package var email: String
    /// Empty if unknown.
    package var name: String
    package var avatarURL: String?
    package var invitedAt: Timestamp?
    package var acceptedAt: Timestamp?

    package init(
        projectID: ProjectID,
        userID: UserID,
        role: Role,
        email: String,
        name: String,
        avatarURL: String? = nil,
        invitedAt: Timestamp? = nil,
        acceptedAt: Timestamp? = nil
    ) {
        id = "\(projectID)/\(userID)"
        self.projectID = projectID
        self.userID = userID
        self.role = role
        self.email = email
        self.name = name
        self.avatarURL = avatarURL
        self.invitedAt = invitedAt
        self.acceptedAt = acceptedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, role, email, name, invitedAt, acceptedAt
        case projectID = "projectId"
        case userID = "userId"
        case avatarURL = "avatarUrl"
    }
}

/// An offer of membership to whoever logs in with an address.
package struct Invitation: Sendable, Codable, Equatable {
    package var id: InvitationID
    package var projectID: ProjectID
    package var email: String
    package var role: Role
    /// What the person shows to accept it: told once, when it is made; only its digest is stored.
    package var token: String?
    package var expiresAt: Timestamp
    package var createdAt: Timestamp

    package init(
        id: InvitationID,
        projectID: ProjectID,
        email: String,
        role: Role,
        token: String? = nil,
        expiresAt: Timestamp,
        createdAt: Timestamp
    ) {
        self.id = id
        self.projectID = projectID
        self.email = email
        self.role = role
        self.token = token
        self.expiresAt = expiresAt
        self.createdAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, email, role, token, expiresAt, createdAt
        case projectID = "projectId"
    }
}

package typealias InvitationID = Identifier<Invitation>
