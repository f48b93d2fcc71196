package import OctobotModel
import SQLDatabase

/// A credential with its sealed secret.
package struct SealedCredential: Sendable, Equatable {
    package var credential: Credential
    package var sealed: [UInt8]
    /// Rises with every new secret, not when the same one is sealed anew.
    package var revision: Int

    package init(credential: Credential, sealed: [UInt8], revision: Int) {
        self.credential = credential
        self.sealed = sealed
        self.revision = revision
    }
}

extension Credential {
    static let columns =
        "id, project_id, provider, name, auth_type, sealed IS NOT NULL, expires_at, created_at, updated_at"
    fileprivate static let select = "SELECT \(columns) FROM credential"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            provider: try row[2],
            name: try row[3],
            authType: try row[4],
            isConfigured: try row[5],
            expiresAt: try row[6],
            createdAt: try row[7],
            updatedAt: try row[8]
        )
    }
}

extension SealedCredential {
    static let select = "SELECT \(Credential.columns), sealed, revision FROM credential"

    init(_ row: SQLRow) throws {
        self.init(credential: try Credential(row), sealed: try row[9], revision: try row[10])
    }
}

extension StoreReader {
    /// A project's credentials, oldest first.
    package func credentials(in project: ProjectID, page: PageRequest) throws -> Listing<Credential> {
        try list(
            ListQuery(
                name: "credentials",
                select: Credential.select,
                condition: "project_id = $1",
                arguments: [project],
                read: Credential.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// All of a project's credentials, oldest first; there is one for a provider, so they are few.
    package func credentialList(in project: ProjectID) throws -> [Credential] {
        try connection.fetch(
            "\(Credential.select) WHERE project_id = $1 ORDER BY created_at, id",
            project,
            as: Credential.init
        )
    }

    /// A project's credential for a provider.
    package func credential(for provider: String, in project: ProjectID) throws -> Credential? {
        try connection.fetchOne(
            "\(Credential.select) WHERE project_id = $1 AND provider = $2",
            project,
            provider,
            as: Credential.init
        )
    }

    /// A project's credential for a provider, its secret sealed.
    package func sealedCredential(for provider: String, in project: ProjectID) throws -> SealedCredential? {
        try connection.fetchOne(
            "\(SealedCredential.select) WHERE project_id = $1 AND provider = $2 AND sealed IS NOT NULL",
            project,
            provider,
            as: SealedCredential.init
        )
    }

    /// All credentials of a project that have a secret, oldest first.
    package func sealedCredentials(in project: ProjectID) throws -> [SealedCredential] {
        try connection.fetch(
            "\(SealedCredential.select) WHERE project_id = $1 AND sealed IS NOT NULL ORDER BY created_at, id",
            project,
            as: SealedCredential.init
        )
    }

    /// The credentials of all projects that follow `id`, by id.
    package func sealedCredentials(after id: CredentialID?, limit: Int) throws -> [SealedCredential] {
        try connection.fetch(
            "\(SealedCredential.select) WHERE id > $1 AND sealed IS NOT NULL ORDER BY id LIMIT $2",
            id ?? "",
            limit,
            as: SealedCredential.init
        )
    }

    /// A secret of the installation itself, sealed.
    package func installationSecret(_ name: String) throws -> [UInt8]? {
        try connection.fetchOne("SELECT sealed FROM installation_secret WHERE name = $1", name) { try $0[0] }
    }
}
