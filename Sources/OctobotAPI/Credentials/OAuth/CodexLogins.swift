import HTTPTypes
import JSONText
package import OctobotModel

/// Begin a login at OpenAI for Codex.
package enum AuthorizeCodex: Operation {
    package static let name = "credential.authorizeCodex"
    package static let summary = "Begin a login at OpenAI for Codex"
    package static let description = """
        The person opens `url` and agrees. Where `listening` is true the browser then comes back to the daemon and the login \
        is complete; else, such as when the port is taken, the code in the address it ends at goes to \
        `credential.exchangeCodex`. The login is good once, for ten minutes, for this caller and project.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/credentials/codex/authorize",
            body: .json,
            ignoredWhenEmpty: ["redirectUri"],
            bodyIsOptional: true
        )
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(redirectURI: "http://localhost:1455/auth/callback")
    package static let exampleResult = Authorization.example

    package typealias Result = Authorization

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var redirectURI: String?

        package init(projectID: ProjectID? = nil, redirectURI: String? = nil) {
            self.projectID = projectID
            self.redirectURI = redirectURI
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case redirectURI = "redirectUri"
        }

        package static let schema = JSONSchema.parameters(.project, .redirect)
    }
}

/// Complete a login at OpenAI for Codex by hand.
package enum ExchangeCodex: Operation {
    package static let name = "credential.exchangeCodex"
    package static let summary = "Complete a login at OpenAI for Codex with a code copied by hand"
    package static let description = """
        For when the browser could not come back to the daemon. What the provider refuses is told with `success` false. The \
        credential replaces the project's earlier one.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/credentials/codex/exchange",
            body: .json,
            ignoredWhenEmpty: ["redirectUri"]
        )
    ]
    package static let errors: [FaultKind] = [.upstreamFailed, .invalidState]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(code: "ac_bX3kQ9", verifier: Authorization.example.verifier)
    package static let exampleResult = LoginExchange.example

    package typealias Result = LoginExchange

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var code: String
        package var verifier: String
        package var redirectURI: String?

        package init(projectID: ProjectID? = nil, code: String, verifier: String, redirectURI: String? = nil) {
            self.projectID = projectID
            self.code = code
            self.verifier = verifier
            self.redirectURI = redirectURI
        }

        private enum CodingKeys: String, CodingKey {
            case code, verifier
            case projectID = "projectId"
            case redirectURI = "redirectUri"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("code", .string(1...4096), "The `code` of the address the browser ended at."),
            .required("verifier", .string(1...128), "The `verifier` of the login."),
            .redirect
        )
    }
}

extension JSONSchema.Member {
    fileprivate static let redirect = optional(
        "redirectUri",
        JSONSchema.string(1...2048).defaulting(to: "http://localhost:1455/auth/callback"),
        "Where the browser is sent; the same for both halves of a login."
    )
}
