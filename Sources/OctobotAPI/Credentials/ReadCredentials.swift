package import OctobotModel

/// List the credentials of a project.
package enum ListCredentials: Operation {
    package static let name = "credential.list"
    package static let summary = "List the credentials of a project"
    package static let description = "Oldest first; their secrets are never told."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/credentials", shape: .list("credentials"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = ProjectPage()
    package static let exampleResult = Page(items: [Credential.example])

    package typealias Params = ProjectPage
    package typealias Result = Page<Credential>
}

/// Show a credential.
package enum GetCredential: Operation {
    package static let name = "credential.get"
    package static let summary = "Show a credential"
    package static let description = "All but its secret."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/credentials/{provider}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = CredentialTarget(provider: "anthropic")
    package static let exampleResult = Credential.example

    package typealias Params = CredentialTarget
    package typealias Result = Credential
}

/// Params that name the credential of a provider.
package struct CredentialTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
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

    package static let schema = JSONSchema.parameters(.project, .provider)
}

extension JSONSchema.Member {
    static let provider = required("provider", .identifier, "Whose models it is for, such as `anthropic`.")
}
