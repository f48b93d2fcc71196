import HTTPTypes
package import OctobotModel

/// Delete a credential.
package enum DeleteCredential: Operation {
    package static let name = "credential.delete"
    package static let summary = "Delete a credential"
    package static let description = "The same when there is none. Agents lose it with their next turn."
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(.delete, "/api/projects/{projectId}/credentials/{provider}")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = CredentialTarget(provider: "anthropic")
    package static let exampleResult = Result()

    package typealias Params = CredentialTarget

    /// What browser clients expect.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var status: String

        package init() { status = "deleted" }

        package static let schemaName = "CredentialDeletion"
        package static let definition = JSONSchema.record(
            .required("status", JSONSchema(.constant("deleted")), "Always this.")
        )
    }
}

/// Refresh an OAuth login.
package enum RefreshCredential: Operation {
    package static let name = "credential.refresh"
    package static let summary = "Refresh an OAuth login"
    package static let description = """
        Tokens about to end are refreshed before they are used; this does it now. Calls at the same time share one request to the \
        provider.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/credentials/{provider}/refresh", body: .ignored, shape: .successAndEntity)
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .upstreamFailed]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = CredentialTarget(provider: "anthropic")
    package static let exampleResult = Result(expiresAt: .example, expiresIn: 28800)

    package typealias Params = CredentialTarget

    /// How long the new token lasts, as far as that is known.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var expiresAt: Timestamp?
        /// In seconds.
        package var expiresIn: Int?

        package init(expiresAt: Timestamp?, expiresIn: Int?) {
            self.expiresAt = expiresAt
            self.expiresIn = expiresIn
        }

        package static let schemaName = "CredentialRefresh"
        package static let definition = JSONSchema.record(
            .optional("expiresAt", .timestamp, "When the new token ends, if that is known."),
            .optional("expiresIn", .count, "The same in seconds from now.")
        )
    }
}
