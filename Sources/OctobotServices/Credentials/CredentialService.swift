package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The credentials of projects, without their secrets (`credential.*`; rest-api.md §20).
package struct CredentialService: Sendable {
    private let ledger: Ledger
    /// Where logins store what they got.
    package let vault: CredentialVault
    private let refreshing: CredentialRefreshing

    init(ledger: Ledger, vault: CredentialVault, refreshing: CredentialRefreshing) {
        self.ledger = ledger
        self.vault = vault
        self.refreshing = refreshing
    }

    /// `credential.list`.
    package func list(_ params: ProjectPage, _ call: Call) async throws(Fault) -> Page<Credential> {
        let page = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.credentials(in: params.project, page: page)) }
    }

    /// `credential.get`.
    package func get(_ params: CredentialTarget, _ call: Call) async throws(Fault) -> Credential {
        guard let credential = try await ledger.read({ try $0.credential(for: params.provider, in: params.project) })
        else {
            throw .notFound("credential", params.provider)
        }
        return credential
    }

    /// `credential.set`: by its nature repeatable, so no digest of the key is kept for repetitions.
    package func set(_ params: SetCredential.Params, _ call: Call) async throws(Fault) -> Credential {
        guard AuthProviders[params.provider] != nil else {
            // What was sent may be the key, in the wrong place.
            throw .invalidParams(
                "No such provider.",
                pointer: "/provider",
                rule: "enum",
                expected: AuthProviders.all.map(\.id).joined(separator: ", ")
            )
        }
        guard params.apiKey.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .invalidParams(
                "The key has line breaks or other control characters.",
                pointer: "/apiKey",
                rule: "pattern",
                expected: "one line of text"
            )
        }
        return try await vault.store(
            .apiKey(params.apiKey),
            for: params.provider,
            name: params.name,
            in: params.project
        )
    }

    /// `credential.delete`.
    package func delete(_ params: CredentialTarget, _ call: Call) async throws(Fault) -> DeleteCredential.Result {
        _ = try await vault.delete(params.provider, in: params.project)
        return DeleteCredential.Result()
    }

    /// `credential.refresh`.
    package func refresh(_ params: CredentialTarget, _ call: Call) async throws(Fault) -> RefreshCredential.Result {
        guard let open = try await vault.credential(for: params.provider, in: params.project) else {
            throw .notFound("credential", params.provider)
        }
        let end = try await refreshing.renewed(open).credential.expiresAt
        return RefreshCredential.Result(
            expiresAt: end,
            expiresIn: end.map { max(0, Int(($0.milliseconds - Timestamp.now.milliseconds) / 1000)) }
        )
    }
}
