import JSONText
package import OctobotModel

/// Wait until a login with a code ends.
package enum WaitLogin: Operation {
    package static let name = "credential.waitLogin"
    package static let summary = "Wait until a login ends"
    package static let description = """
        Of a login begun with `credential.authorizeAnthropic` or `credential.authorizeCodex`. Answers when it ends, or as it is \
        when `timeoutMs` is over. An unknown login, one of another caller or project and one over ten minutes old read alike.
        """
    package static let access = Access.admin
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(state: Authorization.example.state)
    package static let exampleResult = Result(status: .success, credential: .example)

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var state: String
        package var timeoutMs: Int?

        package init(projectID: ProjectID? = nil, state: String, timeoutMs: Int? = nil) {
            self.projectID = projectID
            self.state = state
            self.timeoutMs = timeoutMs
        }

        private enum CodingKeys: String, CodingKey {
            case state, timeoutMs
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .login,
            .optional("timeoutMs", .integer(0...600_000).defaulting(to: 60_000), "How long to wait, in milliseconds.")
        )
    }

    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package enum Status: String, Codable, Sendable, CaseIterable {
            case pending, success, failed
        }

        package var status: Status
        package var credential: Credential?
        /// Why it failed, for people.
        package var error: String?

        package init(status: Status, credential: Credential? = nil, error: String? = nil) {
            self.status = status
            self.credential = credential
            self.error = error
        }

        package static let schemaName = "LoginState"
        package static let definition = JSONSchema.record(
            .required("status", .enumeration(of: Status.self), "How far it is."),
            .optional("credential", .reference(to: Credential.self), "The credential, once there is one."),
            .optional("error", .string, "Why it failed."),
            description: "How far a login is."
        )
    }
}

/// Give a login up.
package enum CancelLogin: Operation {
    package static let name = "credential.cancelLogin"
    package static let summary = "Give a login up"
    package static let description = """
        Its state and verifier are good for nothing any more, and the daemon stops waiting for the browser. One that has ended, \
        or never was, stays as it is.
        """
    package static let access = Access.admin
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(state: Authorization.example.state)
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var state: String

        package init(projectID: ProjectID? = nil, state: String) {
            self.projectID = projectID
            self.state = state
        }

        private enum CodingKeys: String, CodingKey {
            case state
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(.project, .login)
    }
}

extension JSONSchema.Member {
    fileprivate static let login = required("state", .string(1...128), "The `state` of the login.")
}
