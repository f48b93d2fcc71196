package import OctobotAPI
package import OctobotModel
import OctobotStore
import Sealing

/// Who belongs to a project, and who is invited (`member.*`, `invitation.*`; rest-api.md §6).
package struct MemberService: Sendable {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    private static let lifetime: Int64 = 7 * 24 * 3600 * 1000

    /// `member.list`.
    package func list(_ params: ProjectPage, _ call: Call) async throws(Fault) -> Page<Member> {
        let page = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.members(of: params.project, page: page)) }
    }

    /// `member.remove`.
    package func remove(_ params: RemoveMember.Params, _ call: Call) async throws(Fault) -> Empty {
        try await ledger.write { transaction, _ in
            guard let role = try transaction.role(of: params.userID, in: params.project) else {
                throw Fault.notFound("member", params.userID)
            }
            guard role != .owner else {
                throw Fault(.permissionDenied, "An owner cannot be removed.", reason: "member.owner")
            }
            try transaction.removeMember(params.userID, from: params.project)
        }
        return Empty()
    }

    /// `invitation.create`.
    package func invite(_ params: CreateInvitation.Params, _ call: Call) async throws(Fault) -> Invitation {
        let email = params.email.trimmingPrefix(while: \.isWhitespace).lowercased()
        guard email.wholeMatch(of: /[^@\s\p{Cc}]+@[^@\s\p{Cc}]+/) != nil else {
            throw .invalidParams("This is no mail address.", pointer: "/email", rule: "format", expected: "name@host")
        }
        let role = params.role ?? .member
        let user = call.principal.userID
        let token: String
        do {
            token = try SecureRandom.hex(bytes: 32)
        } catch {
            throw Fault(.internalError, "No random bytes can be had.")
        }
        // The token is told once and nowhere stored, a repeated call included.
        let remembered: @Sendable (Invitation) -> Invitation = { invitation in
            var invitation = invitation
            invitation.token = nil
            return invitation
        }
        return try await ledger.once(
            call,
            method: CreateInvitation.name,
            params: params,
            remembered: remembered
        ) { transaction, _ in
            if role == .owner, try transaction.role(of: user, in: params.project) != .owner {
                throw Fault(.permissionDenied, "Only an owner can invite an owner.", reason: "invitation.role")
            }
            let now = Timestamp.now
            var invitation = Invitation(
                id: .random(),
                projectID: params.project,
                email: email,
                role: role,
                expiresAt: Timestamp(milliseconds: now.milliseconds + Self.lifetime),
                createdAt: now
            )
            guard try transaction.insertInvitation(invitation, tokenHash: Self.hash(token), by: user) else {
                throw Fault(.alreadyExists, "'\(email)' has been invited already.", reason: "invitation.exists")
            }
            invitation.token = token
            return invitation
        }
    }

    /// `invitation.list`.
    package func invitations(_ params: ProjectPage, _ call: Call) async throws(Fault) -> Page<Invitation> {
        let page = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.invitations(of: params.project, now: .now, page: page)) }
    }

    /// `invitation.revoke`.
    package func revoke(_ params: RevokeInvitation.Params, _ call: Call) async throws(Fault) -> Empty {
        try await ledger.write { transaction, _ in
            guard try transaction.deleteInvitation(params.invitationID, in: params.project) else {
                throw Fault.notFound("invitation", params.invitationID)
            }
        }
        return Empty()
    }

    /// `invitation.accept`.
    package func accept(_ params: AcceptInvitation.Params, _ call: Call) async throws(Fault) -> Empty {
        let user = call.principal.userID
        let hash = Self.hash(params.token)
        try await ledger.write { transaction, _ in
            guard let invitation = try transaction.invitation(tokenHash: hash, in: params.projectID),
                try transaction.email(of: user)?.lowercased() == invitation.email
            else { throw Fault(.notFound, "There is no such invitation for you.", reason: "invitation.unknown") }
            guard invitation.expiresAt > .now else {
                throw Fault(
                    .cursorExpired,
                    "The invitation has expired; ask for a new one.",
                    reason: "invitation.expired"
                )
            }
            let isNew = try transaction.addMember(
                user,
                to: invitation.projectID,
                as: invitation.role,
                invitedAt: invitation.createdAt
            )
            guard isNew else { throw Fault(.alreadyExists, "You are a member already.", reason: "member.exists") }
            _ = try transaction.deleteInvitation(invitation.id, in: invitation.projectID)
        }
        return Empty()
    }

    private static func hash(_ token: String) -> String { Hexadecimal.text(Digest.sha256(Array(token.utf8))) }
}
