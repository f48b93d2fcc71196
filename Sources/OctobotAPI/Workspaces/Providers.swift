package import OctobotModel

/// List the sandbox providers and whether they can be used.
package enum ListProviders: Operation {
    package static let name = "workspace.providers"
    package static let summary = "List the sandbox providers and whether they can be used"
    package static let description = """
        Looks at each provider now; a provider that is not available says what is missing.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces/providers")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Result(providers: ["local": .example], default: "local")

    package typealias Params = ProjectTarget

    /// The providers of this host by name.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var providers: [String: ProviderStatus]
        /// The name of the one a new workspace gets.
        package var `default`: String

        package init(providers: [String: ProviderStatus], default: String) {
            self.providers = providers
            self.default = `default`
        }

        package static let schemaName = "ProviderList"
        package static let definition = JSONSchema.record(
            .required("providers", .map(to: .reference(to: ProviderStatus.self)), "Each provider by its name."),
            .required("default", .string, "The name of the one a new workspace gets.")
        )
    }
}

/// Show whether one sandbox provider can be used.
package enum GetProvider: Operation {
    package static let name = "workspace.provider"
    package static let summary = "Show whether one sandbox provider can be used"
    package static let description = """
        Looks at the provider now; `notFound` for a name that is not registered.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces/providers/{provider}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(provider: "local")
    package static let exampleResult = ProviderStatus.example

    package typealias Result = ProviderStatus

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var provider: String

        package init(projectID: ProjectID? = nil, provider: String) {
            self.projectID = projectID
            self.provider = provider
        }

        private enum CodingKeys: String, CodingKey {
            case provider
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("provider", .string(1...64), "The name of the provider.")
        )
    }
}
