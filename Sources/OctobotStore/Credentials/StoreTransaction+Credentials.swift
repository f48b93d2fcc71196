package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Stores a credential and its secret; those its project had for the provider are replaced, id and creation stay.
    package func setCredential(_ credential: Credential, sealed: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO credential
            (id, project_id, provider, name, auth_type, sealed, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (project_id, provider) DO UPDATE
            SET name = excluded.name, auth_type = excluded.auth_type, sealed = excluded.sealed,
            expires_at = excluded.expires_at, updated_at = excluded.updated_at, revision = revision + 1
            """,
            credential.id,
            credential.projectID,
            credential.provider,
            credential.name,
            credential.authType,
            sealed,
            credential.expiresAt,
            credential.createdAt,
            credential.updatedAt
        )
    }

    /// Gives a credential a new secret unless it got another one since `revision`.
    ///
    /// - Returns: Whether the secret was stored.
    package func renewCredential(
        _ id: CredentialID,
        revision: Int,
        sealed: [UInt8],
        expiresAt: Timestamp?,
        at now: Timestamp
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE credential SET sealed = $1, expires_at = $2, updated_at = $3, revision = revision + 1
            WHERE id = $4 AND revision = $5
            """,
            sealed,
            expiresAt,
            now,
            id,
            revision
        ) > 0
    }

    /// Takes a credential its secret, unless it got another one since `revision`.
    ///
    /// - Returns: Whether it had that one.
    package func clearCredential(_ id: CredentialID, revision: Int, at now: Timestamp) throws -> Bool {
        try connection.execute(
            """
            UPDATE credential SET sealed = NULL, expires_at = NULL, updated_at = $1, revision = revision + 1
            WHERE id = $2 AND revision = $3
            """,
            now,
            id,
            revision
        ) > 0
    }

    /// Replaces the sealed form of an unchanged secret.
    package func resealCredential(_ id: CredentialID, sealed: [UInt8]) throws {
        try connection.execute("UPDATE credential SET sealed = $1 WHERE id = $2", sealed, id)
    }

    /// - Returns: Whether there was one.
    package func deleteCredential(for provider: String, in project: ProjectID) throws -> Bool {
        try connection.execute(
            "DELETE FROM credential WHERE project_id = $1 AND provider = $2",
            project,
            provider
        ) > 0
    }

    /// Stores a secret of the installation itself, replacing an earlier form.
    package func setInstallationSecret(_ name: String, sealed: [UInt8], at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO installation_secret (name, sealed, created_at, updated_at) VALUES ($1, $2, $3, $3)
            ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
            """,
            name,
            sealed,
            now
        )
    }
}
