import HTTPTypes
package import OctobotModel

/// Begin a login at Anthropic.
package enum AuthorizeAnthropic: Operation {
    package static let name = "credential.authorizeAnthropic"
    package static let summary = "Begin a login at Anthropic"
    package static let description = """
        The person opens `url`, agrees, and brings back the code the page shows, for `credential.exchangeAnthropic`. The \
        login is good once, for ten minutes, for this caller and project.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/credentials/anthropic/authorize", body: .ignored)
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = ProjectTarget()
    package static let exampleResult = Authorization.example

    package typealias Params = ProjectTarget
    package typealias Result = Authorization
}

/// Complete a login at Anthropic.
package enum ExchangeAnthropic: Operation {
    package static let name = "credential.exchangeAnthropic"
    package static let summary = "Complete a login at Anthropic with the code the person brought back"
    package static let description = """
        A code beginning with `sk-ant-oat0` is a long-lived token and stored as it is; any other needs the `verifier` of its \
        login. What the provider refuses is told with `success` false. The credential replaces the project's earlier one.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/credentials/anthropic/exchange",
            body: .json,
            ignoredWhenEmpty: ["verifier"]
        )
    ]
    package static let errors: [FaultKind] = [.upstreamFailed, .invalidState]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(
        code: "bX3kQ9#Xo1pYc1jDkB0pWwVnLrEJtQKkqJ6o5mXl1B9hS0yq2E",
        verifier: Authorization.example.verifier
    )
    package static let exampleResult = LoginExchange.example

    package typealias Result = LoginExchange

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var code: String
        package var verifier: String?

        package init(projectID: ProjectID? = nil, code: String, verifier: String? = nil) {
            self.projectID = projectID
            self.code = code
            self.verifier = verifier
        }

        private enum CodingKeys: String, CodingKey {
            case code, verifier
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("code", .string(1...4096), "What the page showed: `code#state`, or a long-lived token."),
            .optional("verifier", .string(1...128), "The `verifier` of the login; not needed for a token.")
        )
    }
}
