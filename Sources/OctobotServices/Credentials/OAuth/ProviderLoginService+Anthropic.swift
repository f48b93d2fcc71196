package import OctobotAPI
package import OctobotModel
import ProviderLogin

extension ProviderLoginService {
    /// `credential.authorizeAnthropic`.
    package func authorizeAnthropic(
        _ params: ProjectTarget,
        _ call: Call
    ) async throws(Fault)
        -> Authorization
    {
        let pkce = try secrets()
        _ = try begin(.anthropic, pkce, in: params.project, call)
        return Authorization(
            url: anthropic.authorizeURL(pkce),
            state: pkce.state,
            verifier: pkce.verifier,
            codeChallenge: pkce.challenge,
            isListening: false
        )
    }

    /// `credential.exchangeAnthropic`.
    package func exchangeAnthropic(
        _ params: ExchangeAnthropic.Params,
        _ call: Call
    ) async throws(Fault) -> LoginExchange {
        let pasted = params.code.trimmed
        if AnthropicLogin.isToken(pasted) {
            guard let tokens = AnthropicLogin.tokens(pasted: pasted) else {
                throw .invalidParams("This is no whole token.", pointer: "/code", rule: "format")
            }
            let credential = try await store(tokens, as: .anthropic, in: params.project)
            return LoginExchange(
                credential: credential,
                expiresIn: tokens.lifetime.map { Int($0.components.seconds) }
            )
        }
        guard let verifier = params.verifier else {
            throw .invalidParams(
                "'verifier' is missing.",
                pointer: "/verifier",
                rule: "required",
                hint: "Send the verifier that came with the address."
            )
        }
        let parts = pasted.split(separator: "#", maxSplits: 1).map(String.init)
        guard let code = parts.first, !pasted.hasPrefix("#") else {
            throw .invalidParams(
                "This is no code.",
                pointer: "/code",
                rule: "format",
                expected: "code#state"
            )
        }
        let claim = pending.claim(
            verifier: verifier,
            state: parts.count > 1 ? parts[1] : nil,
            params.project,
            call.principal.userID
        ) { $0 == .anthropic }
        let login = try claimed(claim, beginWith: AuthorizeAnthropic.name)
        return try await complete(login) { () throws(ProviderLoginError) in
            try await anthropic.exchange(code: code, state: login.id, verifier: login.verifier)
        }
    }
}

extension String {
    /// Without the white space that copying leaves around.
    fileprivate var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
