package import OctobotModel

/// Set the API key for a provider.
package enum SetCredential: Operation {
    package static let name = "credential.set"
    package static let summary = "Set the API key for a provider"
    package static let description = """
        Replaces what the project had for the provider, an OAuth login included. The key is sealed; agents that need it get it \
        with their next turn. Providers are those of `agent.authProviders`.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/credentials")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(provider: "anthropic", apiKey: "sk-ant-api03-0000")
    package static let exampleResult = Credential.example

    package typealias Result = Credential

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var provider: String
        package var name: String?
        /// Only `api_key`, for clients that say so.
        package var authType: String?
        package var apiKey: String

        package init(projectID: ProjectID? = nil, provider: String, name: String? = nil, apiKey: String) {
            self.projectID = projectID
            self.provider = provider
            self.name = name
            self.apiKey = apiKey
        }

        private enum CodingKeys: String, CodingKey {
            case provider, name, authType, apiKey
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .provider,
            .optional("name", .title, "A name for people; the provider's id when absent."),
            .optional(
                "authType",
                JSONSchema(.enumeration([Credential.AuthType.apiKey.rawValue])),
                "What the secret is; OAuth logins have operations of their own."
            ),
            .required("apiKey", .bytes(1...8192), "The key.")
        )
    }
}
