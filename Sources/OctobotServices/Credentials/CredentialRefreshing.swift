import Logging
import OctobotModel
import ProviderLogin
import ServiceLifecycle
import Synchronization

/// Renews OAuth tokens, for each credential once at a time: providers take a refresh token only once.
///
/// A refresh that has begun is brought to its end whoever asked for it goes away, and before the daemon stops; else the
/// provider would have taken the old token and nobody would know the new one.
package final class CredentialRefreshing: Service {
    /// How long before its end a token is renewed, and how long after a failure none is tried (rest-api.md §20.2).
    private static let margin = Duration.seconds(300)
    private static let pause = Duration.seconds(300)

    private struct State {
        var running: [CredentialID: Task<Result<OpenCredential, Fault>, Never>] = [:]
        var failures: [CredentialID: (revision: Int, at: ContinuousClock.Instant)] = [:]
        var isClosed = false
    }

    private let vault: CredentialVault
    private let refreshers: [String: any CredentialRefresher]
    private let logger: Logger
    private let state = Mutex(State())

    init(vault: CredentialVault, refreshers: [any CredentialRefresher], logger: Logger) {
        self.vault = vault
        self.refreshers = Dictionary(refreshers.map { ($0.provider, $0) }) { _, last in last }
        self.logger = logger
    }

    package func run() async throws {
        do { try await gracefulShutdown() } catch {
            // Cancelled instead: what has begun ends all the same.
        }
        let running = state.withLock { state in
            state.isClosed = true
            return state.running.values
        }
        for task in running { _ = await task.value }
    }

    /// The credential as it should be used now: renewed when its token is about to end, else as it is.
    func current(_ open: OpenCredential) async -> OpenCredential {
        guard case .oauth(let tokens) = open.secret, tokens.refreshToken != nil, let end = tokens.expiresAt,
            end < Timestamp.now.advanced(by: Self.margin), refreshers[open.credential.provider] != nil,
            !hasFailedLately(open)
        else { return open }
        do {
            return try await renewed(open)
        } catch {
            logger.warning(
                "OAuth token not refreshed",
                metadata: ["credential.id": "\(open.credential.id)", "error": "\(error.message)"]
            )
            return open
        }
    }

    /// New tokens from the provider, stored; those who ask at the same time share one request.
    ///
    /// - Throws: `invalidState` for a credential that cannot be refreshed, `invalidParams` for a provider that knows no
    ///   refreshing, `upstreamFailed` when it refuses.
    func renewed(_ open: OpenCredential) async throws(Fault) -> OpenCredential {
        let id = open.credential.id
        let task = state.withLock { state -> Task<Result<OpenCredential, Fault>, Never>? in
            if let running = state.running[id] { return running }
            guard !state.isClosed else { return nil }
            let task = Task { await self.renew(open) }
            state.running[id] = task
            return task
        }
        guard let task else { throw Fault(.unavailable, "The daemon is stopping.", reason: "daemon.stopping") }
        return try await task.value.get()
    }

    private func hasFailedLately(_ open: OpenCredential) -> Bool {
        state.withLock { state in
            guard let failure = state.failures[open.credential.id], failure.revision == open.revision else {
                return false
            }
            return failure.at.duration(to: .now) < Self.pause
        }
    }

    private func renew(_ open: OpenCredential) async -> Result<OpenCredential, Fault> {
        let id = open.credential.id
        let result: Result<OpenCredential, Fault>
        do throws(Fault) {
            result = .success(try await exchange(open))
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            state.running[id] = nil
            switch result {
            case .success: state.failures[id] = nil
            case .failure: state.failures[id] = (open.revision, .now)
            }
        }
        return result
    }

    private func exchange(_ open: OpenCredential) async throws(Fault) -> OpenCredential {
        let provider = open.credential.provider
        // Somebody may have renewed it between the caller's look and this one.
        let present = try await present(provider, in: open.credential.projectID)
        guard present.revision == open.revision, present.credential.id == open.credential.id else { return present }
        guard case .oauth(let tokens) = present.secret else {
            throw .invalidState(
                "The credential of '\(provider)' is an API key, which needs no refreshing.",
                reason: "credential.notOAuth",
                state: present.credential.authType.rawValue
            )
        }
        guard let refresher = refreshers[provider] else {
            throw .invalidParams(
                "Logins of '\(provider)' cannot be refreshed.",
                pointer: "/provider",
                rule: "refreshable",
                expected: refreshers.keys.sorted().joined(separator: ", ")
            )
        }
        guard tokens.refreshToken != nil else {
            throw .invalidState(
                "The login at '\(provider)' came without a refresh token.",
                reason: "credential.noRefreshToken",
                state: "unrefreshable",
                hint: "Log in again."
            )
        }
        var new: OAuthTokens
        do throws(Fault) {
            new = try await refresher.refreshed(tokens)
        } catch {
            if error.reason == ProviderLoginError.loginNeeded { try await vault.clear(present) }
            throw error
        }
        new.refreshToken = new.refreshToken ?? tokens.refreshToken
        new.tokenType = new.tokenType ?? tokens.tokenType
        new.scope = new.scope ?? tokens.scope
        new.accountID = new.accountID ?? tokens.accountID
        _ = try await vault.renew(present, with: new)
        // Not stored when another secret was set meanwhile: then that one counts.
        return try await self.present(provider, in: open.credential.projectID)
    }

    private func present(_ provider: String, in project: ProjectID) async throws(Fault) -> OpenCredential {
        guard let open = try await vault.credential(for: provider, in: project) else {
            throw .notFound("credential", provider)
        }
        return open
    }
}
