package import OctobotModel

/// Show who the caller is.
package enum AuthMe: Operation {
    package static let name = "auth.me"
    package static let summary = "Show who the caller is"
    package static let description = "While login is off everybody is the anonymous user."
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/auth/me")
    ]
    package static let errors: [FaultKind] = [.unauthenticated]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = User.example

    package typealias Params = Empty
    package typealias Result = User
}

/// End the caller’s login.
package enum AuthLogout: Operation {
    package static let name = "auth.logout"
    package static let summary = "End the caller’s login"
    package static let description =
        "Succeeds also when nobody is logged in; while login is off there is nothing to end."
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .post("/auth/logout", body: .ignored, shape: .success)
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Empty()

    package typealias Params = Empty
    package typealias Result = Empty
}
