import Logging
package import OctobotModel
import OctobotStore
package import Sealing

/// A credential with its secret opened.
package struct OpenCredential: Sendable {
    package var credential: Credential
    package var secret: CredentialSecret
    /// Which of the credential's secrets this is.
    var revision: Int
}

/// The credentials of all projects, their secrets sealed in the store and open only in memory.
package struct CredentialVault: Sendable {
    let ledger: Ledger
    let keys: SealingKeys

    package init(ledger: Ledger, keys: SealingKeys) {
        self.ledger = ledger
        self.keys = keys
    }

    /// Stores a secret as the project's credential for a provider; one that is there is replaced.
    ///
    /// - Parameter name: For people; the provider's id when absent.
    package func store(
        _ secret: CredentialSecret,
        for provider: String,
        name: String? = nil,
        in project: ProjectID
    ) async throws(Fault) -> Credential {
        try await ledger.write { [keys] transaction, wakes in
            let now = Timestamp.now
            let earlier = try transaction.credential(for: provider, in: project)
            let credential = Credential(
                id: earlier?.id ?? .random(),
                projectID: project,
                provider: provider,
                name: name ?? provider,
                authType: secret.authType,
                expiresAt: secret.expiresAt,
                createdAt: earlier?.createdAt ?? now,
                updatedAt: now
            )
            let sealed = try keys.ring.seal(try secret.stored(), context: credential.place)
            try transaction.setCredential(credential, sealed: sealed)
            try transaction.publish(
                credential: credential.id,
                of: provider,
                in: project,
                status: earlier == nil ? "created" : "updated",
                &wakes
            )
            return credential
        }
    }

    /// The project's credential for a provider with its secret, `nil` when there is none.
    ///
    /// - Throws: `invalidState` for a secret that was sealed with a key that is not here.
    package func credential(for provider: String, in project: ProjectID) async throws(Fault) -> OpenCredential? {
        guard let sealed = try await ledger.read({ try $0.sealedCredential(for: provider, in: project) }) else {
            return nil
        }
        guard let open = opened(sealed) else {
            throw .invalidState(
                "The secret of '\(provider)' cannot be opened: it was sealed with a key that is not here.",
                reason: "credential.sealed",
                state: "sealed",
                hint: "Set the credential again, or start the daemon with the key it was sealed with."
            )
        }
        return open
    }

    /// All credentials of a project whose secrets can be opened, oldest first.
    func credentials(in project: ProjectID) async throws(Fault) -> [OpenCredential] {
        try await ledger.read { try $0.sealedCredentials(in: project) }.compactMap(opened)
    }

    /// Puts refreshed tokens in place of those of `credential`, whose name stays.
    ///
    /// - Returns: `false`, with nothing stored, when the credential got another secret or went away meanwhile.
    func renew(_ open: OpenCredential, with tokens: OAuthTokens) async throws(Fault) -> Bool {
        try await ledger.write { [keys] transaction, wakes in
            let credential = open.credential
            let secret = CredentialSecret.oauth(tokens)
            let isRenewed = try transaction.renewCredential(
                credential.id,
                revision: open.revision,
                sealed: try keys.ring.seal(try secret.stored(), context: credential.place),
                expiresAt: tokens.expiresAt,
                at: .now
            )
            guard isRenewed else { return false }
            try transaction.publish(
                credential: credential.id,
                of: credential.provider,
                in: credential.projectID,
                status: "updated",
                &wakes
            )
            return true
        }
    }

    /// Leaves `open` without a secret: its provider does not accept it any more, and somebody has to log in again.
    func clear(_ open: OpenCredential) async throws(Fault) {
        try await ledger.write { transaction, wakes in
            let credential = open.credential
            guard try transaction.clearCredential(credential.id, revision: open.revision, at: .now) else { return }
            try transaction.publish(
                credential: credential.id,
                of: credential.provider,
                in: credential.projectID,
                status: "updated",
                &wakes
            )
        }
    }

    /// Deletes the project's credential for a provider.
    ///
    /// - Returns: Whether there was one.
    package func delete(_ provider: String, in project: ProjectID) async throws(Fault) -> Bool {
        try await ledger.write { transaction, wakes in
            guard let credential = try transaction.credential(for: provider, in: project),
                try transaction.deleteCredential(for: provider, in: project)
            else { return false }
            try transaction.publish(
                credential: credential.id,
                of: provider,
                in: project,
                status: "removed",
                &wakes
            )
            return true
        }
    }

    private func opened(_ sealed: SealedCredential) -> OpenCredential? {
        let credential = sealed.credential
        do {
            let bytes = try keys.ring.open(sealed.sealed, context: credential.place)
            return OpenCredential(
                credential: credential,
                secret: try CredentialSecret(stored: bytes, as: credential.authType),
                revision: sealed.revision
            )
        } catch {
            // Neither the value nor what is wrong with it helps anybody in a log.
            ledger.logger.warning(
                "Secret of a credential cannot be opened",
                metadata: ["credential.id": "\(credential.id)", "project.id": "\(credential.projectID)"]
            )
            return nil
        }
    }
}

extension Credential {
    /// Where the secret belongs: opened anywhere else it is refused.
    ///
    /// The lengths in front keep apart what concatenation alone would confuse.
    var place: String {
        ["credential", "sealed", id.rawValue, projectID.rawValue, provider, authType.rawValue]
            .map { "\($0.utf8.count):\($0)" }.joined()
    }
}
