package import OctobotAPI
package import OctobotModel

/// Who calls (`auth.*`); login is off, so it is always the anonymous user (rest-api.md §1.4).
package struct LoginService: Sendable {
    package init() {}

    /// `auth.me`.
    package func me(_ params: AuthMe.Params, _ call: Call) async throws(Fault) -> User {
        User(id: call.principal.userID, email: "anonymous@local", name: call.principal.name)
    }

    /// `auth.logout`: there is no login to end.
    package func logout(_ params: AuthLogout.Params, _ call: Call) async throws(Fault) -> Empty {
        Empty()
    }
}
