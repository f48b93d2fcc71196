package import OctobotAPI
package import OctobotModel
import ProviderLogin
import Sealing

/// Logins at model providers (`credential.authorize…`, `…exchange…`, `…Copilot`; rest-api.md §20.3 to §20.6).
package struct ProviderLoginService: Sendable {
    /// How long a login may take (rest-api.md §20.6).
    static let lifetime = Duration.seconds(600)

    let vault: CredentialVault
    let pending = PendingLogins()
    let listeners = LoginListeners()
    let bells: Bells
    let anthropic: AnthropicLogin
    let codex: CodexLogin
    let copilot: CopilotLogin

    init(vault: CredentialVault, bells: Bells, configuration: LoginConfiguration) {
        self.vault = vault
        self.bells = bells
        anthropic = AnthropicLogin(configuration)
        codex = CodexLogin(configuration)
        copilot = CopilotLogin(configuration)
    }

    /// `credential.waitLogin`.
    package func wait(
        _ params: WaitLogin.Params,
        _ call: Call
    ) async throws(Fault)
        -> WaitLogin.Result
    {
        do {
            return try await withDeadline(.milliseconds(params.timeoutMs ?? 60_000)) {
                let listener = bells.listen(to: .logins)
                while true {
                    let now = try progress(params, call)
                    if now.status != .pending { return now }
                    try await listener.wait()
                }
            }
        } catch is DeadlinePassed {
            return try progress(params, call)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled.")
        }
    }

    /// `credential.cancelLogin`.
    package func cancel(_ params: CancelLogin.Params, _ call: Call) async throws(Fault) -> Empty {
        if pending.login(params.state, params.project, call.principal.userID) != nil {
            await end(params.state, as: .failed("The login was given up."))
        }
        return Empty()
    }

    private func progress(_ params: WaitLogin.Params, _ call: Call) throws(Fault) -> WaitLogin.Result {
        guard let login = pending.login(params.state, params.project, call.principal.userID) else {
            // The state is half a secret: it is not repeated.
            throw Fault(.notFound, "There is no such login of yours.", reason: "login.unknown")
        }
        return switch login.phase {
        case .waiting, .asking: WaitLogin.Result(status: .pending)
        case .succeeded(let credential): WaitLogin.Result(status: .success, credential: credential)
        case .failed(let reason): WaitLogin.Result(status: .failed, error: reason)
        }
    }

    // MARK: What the flows share

    func secrets() throws(Fault) -> PKCE {
        do throws(SealingError) {
            return try PKCE.random()
        } catch {
            throw Fault(.internalError, "No random bytes can be had.")
        }
    }

    func begin(
        _ provider: PendingLogin.Provider,
        _ pkce: PKCE,
        in project: ProjectID,
        _ call: Call
    ) throws(Fault) -> PendingLogin {
        let login = PendingLogin(
            id: pkce.state,
            provider: provider,
            projectID: project,
            userID: call.principal.userID,
            verifier: pkce.verifier,
            end: .now + Self.lifetime
        )
        try pending.begin(login)
        return login
    }

    /// What a claim found, or what is wrong with it.
    func claimed(
        _ claim: PendingLogins.Claim,
        beginWith operation: String
    ) throws(Fault)
        -> PendingLogin
    {
        switch claim {
        case .claimed(let login): return login
        case .unknown:
            throw .invalidState(
                "This login is not known here: it was used, given up, begun by somebody else, or is over ten minutes old.",
                reason: "login.unknown",
                state: "unknown",
                hint: "Begin again with \(operation)."
            )
        case .foreignState:
            throw .invalidParams(
                "The code belongs to another login.",
                pointer: "/code",
                rule: "state",
                hint: "Copy the code of the page that was opened last, or begin again."
            )
        }
    }

    /// Exchanges the code of a claimed login and stores what comes; the login is over then, unless nobody was reached.
    ///
    /// - Returns: The provider's refusal as a result.
    func complete(
        _ login: PendingLogin,
        _ exchange: () async throws(ProviderLoginError) -> ProviderTokens
    ) async throws(Fault) -> LoginExchange {
        let tokens: ProviderTokens
        do throws(ProviderLoginError) {
            tokens = try await exchange()
        } catch {
            guard case .refused(let code) = error, !error.isTransient else {
                if error.isTransient { pending.reopen(login.id) }
                let fault = error.fault(of: login.provider.name)
                if !error.isTransient { await end(login.id, as: .failed(fault.message)) }
                throw fault
            }
            let refusal = "\(login.provider.name) refused the login (\(code.rawValue)). Begin again."
            await end(login.id, as: .failed(refusal))
            return LoginExchange(error: refusal)
        }
        let credential = try await store(tokens, of: login)
        return LoginExchange(
            credential: credential,
            expiresIn: tokens.lifetime.map { Int($0.components.seconds) }
        )
    }

    func store(_ tokens: ProviderTokens, of login: PendingLogin) async throws(Fault) -> Credential {
        do throws(Fault) {
            let credential = try await store(tokens, as: login.provider, in: login.projectID)
            await end(login.id, as: .succeeded(credential))
            return credential
        } catch {
            await end(login.id, as: .failed(error.message))
            throw error
        }
    }

    func store(
        _ tokens: ProviderTokens,
        as provider: PendingLogin.Provider,
        in project: ProjectID
    ) async throws(Fault) -> Credential {
        let (id, name) = provider.credential
        return try await vault.store(.oauth(OAuthTokens(tokens)), for: id, name: name, in: project)
    }

    func end(_ id: String, as phase: PendingLogin.Phase) async {
        pending.end(id, as: phase)
        await closeListeners()
        bells.ring(.logins)
    }

    func closeListeners() async {
        await listeners.close { [pending] in pending.ports }
    }
}

extension OAuthTokens {
    init(_ tokens: ProviderTokens) {
        self.init(
            accessToken: tokens.accessToken,
            refreshToken: tokens.refreshToken,
            tokenType: tokens.tokenType,
            scope: tokens.scope,
            expiresAt: tokens.lifetime.map { Timestamp.now.advanced(by: $0) },
            accountID: tokens.accountID
        )
    }
}
