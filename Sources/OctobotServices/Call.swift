package import OctobotModel

/// Who is calling (rpc.md §9).
package struct Principal: Sendable, Equatable {
    package var userID: UserID
    /// A name for people, recorded with what this principal answers.
    package var name: String

    package init(userID: UserID, name: String) {
        self.userID = userID
        self.name = name
    }

    /// The local user, whom everybody admitted to the socket is while login is off.
    package static let anonymous = Principal(userID: .anonymous, name: "Anonymous User")

    /// Somebody who is not logged in and may call what is public.
    package static let nobody = Principal(userID: "", name: "Nobody")

    /// Whether this is who runs the daemon: the local user, while login is off (rpc.md §9).
    var isOperator: Bool { userID == .anonymous }
}

/// What a service knows of the call it serves besides its params.
package struct Call: Sendable {
    package var principal: Principal
    /// Follows the call through every log line and error.
    package var requestID: String
    package var idempotencyKey: String?
    /// Where the service notes that it answers with the result of an earlier call.
    package let replay = ReplayNote()

    package init(principal: Principal, requestID: String, idempotencyKey: String? = nil) {
        self.principal = principal
        self.requestID = requestID
        self.idempotencyKey = idempotencyKey
    }
}
