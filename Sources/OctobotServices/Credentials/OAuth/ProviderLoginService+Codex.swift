package import OctobotAPI
package import OctobotModel
import ProviderLogin

extension ProviderLoginService {
    /// `credential.authorizeCodex`.
    package func authorizeCodex(
        _ params: AuthorizeCodex.Params,
        _ call: Call
    ) async throws(Fault)
        -> Authorization
    {
        let redirect = params.redirectURI ?? CodexLogin.redirect
        let port = try Self.port(of: redirect)
        let pkce = try secrets()
        let login = try begin(
            .codex(redirect: redirect, port: port),
            pkce,
            in: params.project,
            call
        )
        // An older login may have been given up for this one.
        await closeListeners()
        var isListening = false
        if let port { isListening = await listeners.listen(on: port, until: login.end) }
        return Authorization(
            url: codex.authorizeURL(pkce, redirect: redirect),
            state: pkce.state,
            verifier: pkce.verifier,
            codeChallenge: pkce.challenge,
            isListening: isListening
        )
    }

    /// `credential.exchangeCodex`.
    package func exchangeCodex(
        _ params: ExchangeCodex.Params,
        _ call: Call
    ) async throws(Fault)
        -> LoginExchange
    {
        let claim = pending.claim(
            verifier: params.verifier,
            state: nil,
            params.project,
            call.principal.userID
        ) { if case .codex = $0 { true } else { false } }
        let login = try claimed(claim, beginWith: AuthorizeCodex.name)
        guard case .codex(let redirect, _) = login.provider, params.redirectURI ?? redirect == redirect
        else {
            pending.reopen(login.id)
            throw .invalidParams(
                "The login was begun with another 'redirectUri'.",
                pointer: "/redirectUri",
                rule: "same"
            )
        }
        return try await exchange(params.code, of: login, redirect)
    }

    /// The end of a login in the browser; whatever comes, the person sees a page.
    func callback(_ request: CallbackRequest) async -> CallbackPage {
        guard let state = request.state, case .claimed(let login) = pending.claim(callback: state),
            case .codex(let redirect, _) = login.provider
        else {
            guard let code = request.code, request.error == nil else {
                return CallbackPage(
                    title: "Login failed",
                    text: "Nothing here waits for this login. Begin again."
                )
            }
            return CallbackPage(
                title: "Copy this code",
                text:
                    "Nothing here waits for this login. If the program you came from asks for a code, it is this one:",
                code: code
            )
        }
        guard let code = request.code, request.error == nil else {
            let reason = request.error ?? .invalidRequest
            await end(login.id, as: .failed("OpenAI refused the login (\(reason.rawValue))."))
            return CallbackPage(
                title: reason == .accessDenied ? "Login cancelled" : "Login failed",
                text: "OpenAI says \(reason.rawValue). Nothing was stored; begin again if you like."
            )
        }
        do throws(Fault) {
            let result = try await exchange(code, of: login, redirect)
            if let error = result.error { return CallbackPage(title: "Login failed", text: error) }
            return CallbackPage(
                title: "Login complete",
                text: "You can close this page and go back to Octobot."
            )
        } catch {
            // The code is not spent, but the browser comes only once.
            await end(login.id, as: .failed(error.message))
            return CallbackPage(title: "Login failed", text: "\(error.message) Begin again.")
        }
    }

    private func exchange(
        _ code: String,
        of login: PendingLogin,
        _ redirect: String
    ) async throws(Fault) -> LoginExchange {
        try await complete(login) { () throws(ProviderLoginError) in
            try await codex.exchange(code: code, verifier: login.verifier, redirect: redirect)
        }
    }

    /// The port on which the daemon can listen for a browser that is sent to this address, if it can.
    ///
    /// - Throws: `InvalidParams` for an address no browser can be sent to.
    private static func port(of redirect: String) throws(Fault) -> Int? {
        if let match = redirect.wholeMatch(of: /http:\/\/(?:localhost|127\.0\.0\.1)(?::([0-9]{1,5}))?(\/[!-~]*)?/) {
            let port = match.1.map { Int($0) ?? 0 } ?? 80
            guard (1...65535).contains(port) else { throw invalid }
            return port >= 1024 && match.2.map(String.init) == CallbackListener.path ? port : nil
        }
        guard redirect.wholeMatch(of: /https:\/\/[0-9A-Za-z.-]+(:[0-9]{1,5})?(\/[!-~]*)?/) != nil else { throw invalid }
        return nil
    }

    private static let invalid = Fault.invalidParams(
        "This is no address a browser can be sent back to.",
        pointer: "/redirectUri",
        rule: "format",
        expected: "http://localhost:PORT/PATH or https://HOST/PATH"
    )
}
