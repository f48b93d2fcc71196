package import OctobotModel
import SQLDatabase

extension StoreReader {
    /// A project's members, those who joined first first.
    package func members(of project: ProjectID, page: PageRequest) throws -> Listing<Member> {
        try list(
            ListQuery(
                name: "member",
                select: """
                    SELECT m.project_id, m.user_id, m.role, u.email, u.name, u.avatar_url, m.invited_at, m.accepted_at
                    FROM membership m JOIN user_account u ON u.id = m.user_id
                    """,
                condition: "m.project_id = $1",
                arguments: [project],
                order: (number: "COALESCE(m.accepted_at, 0)", id: "m.user_id"),
                read: { row in
                    Member(
                        projectID: try row[0],
                        userID: try row[1],
                        role: try row[2],
                        email: try row[3],
                        name: try row[4],
                        avatarURL: try row[5],
                        invitedAt: try row[6],
                        acceptedAt: try row[7]
                    )
                },
                place: { ($0.acceptedAt?.milliseconds ?? 0, $0.userID.rawValue) }
            ),
            page: page
        )
    }

    /// A person's address.
    package func email(of user: UserID) throws -> String? {
        try connection.fetchOne("SELECT email FROM user_account WHERE id = $1", user) { try $0[0] }
    }

    /// A project's invitations that have not expired, the oldest first.
    package func invitations(of project: ProjectID, now: Timestamp, page: PageRequest) throws -> Listing<Invitation> {
        try list(
            ListQuery(
                name: "invitation",
                select: Invitation.select,
                condition: "project_id = $1 AND expires_at > $2",
                arguments: [project, now],
                read: Invitation.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// The invitation a token's digest belongs to, expired or not.
    package func invitation(tokenHash: String, in project: ProjectID) throws -> Invitation? {
        try connection.fetchOne(
            "\(Invitation.select) WHERE token_hash = $1 AND project_id = $2",
            tokenHash,
            project,
            as: Invitation.init
        )
    }
}

extension Invitation {
    fileprivate static let select = "SELECT id, project_id, email, role, expires_at, created_at FROM invitation"

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            email: try row[2],
            role: try row[3],
            expiresAt: try row[4],
            createdAt: try row[5]
        )
    }
}

extension StoreTransaction {
    /// Stores an invitation; an expired one to the same address makes way.
    ///
    /// - Returns: `false` when one to that address waits already.
    package func insertInvitation(_ invitation: Invitation, tokenHash: String, by user: UserID) throws -> Bool {
        try connection.execute(
            "DELETE FROM invitation WHERE project_id = $1 AND email = $2 AND expires_at <= $3",
            invitation.projectID,
            invitation.email,
            invitation.createdAt
        )
        return try connection.execute(
            """
            INSERT INTO invitation (id, project_id, email, role, invited_by, token_hash, expires_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (project_id, email) DO NOTHING
            """,
            invitation.id,
            invitation.projectID,
            invitation.email,
            invitation.role,
            user,
            tokenHash,
            invitation.expiresAt,
            invitation.createdAt
        ) > 0
    }

    /// - Returns: Whether there was one.
    package func deleteInvitation(_ id: InvitationID, in project: ProjectID) throws -> Bool {
        try connection.execute("DELETE FROM invitation WHERE id = $1 AND project_id = $2", id, project) > 0
    }

    /// Makes a person a member.
    ///
    /// - Returns: `false` for one who is a member already.
    package func addMember(_ user: UserID, to project: ProjectID, as role: Role, invitedAt: Timestamp) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO membership (project_id, user_id, role, invited_at, accepted_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (project_id, user_id) DO NOTHING
            """,
            project,
            user,
            role,
            invitedAt,
            Timestamp.now
        ) > 0
    }

    package func removeMember(_ user: UserID, from project: ProjectID) throws {
        try connection.execute(
            "DELETE FROM membership WHERE project_id = $1 AND user_id = $2 AND role <> 'owner'",
            project,
            user
        )
    }
}
