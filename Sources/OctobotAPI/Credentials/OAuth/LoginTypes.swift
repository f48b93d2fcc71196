package import OctobotModel

/// How a login with a code begins: where the person goes, and what belongs to the code that comes back.
package struct Authorization: Codable, Sendable, Equatable, ComponentDescribing {
    /// The page the person opens.
    package var url: String
    /// Names the login.
    package var state: String
    /// Sent back with the code.
    package var verifier: String
    package var codeChallenge: String
    package var codeChallengeMethod: String
    /// Whether the daemon waits for the browser on this machine, so that nobody has to copy a code.
    package var isListening: Bool

    package init(url: String, state: String, verifier: String, codeChallenge: String, isListening: Bool) {
        self.url = url
        self.state = state
        self.verifier = verifier
        self.codeChallenge = codeChallenge
        codeChallengeMethod = "S256"
        self.isListening = isListening
    }

    private enum CodingKeys: String, CodingKey {
        case url, state, verifier, codeChallenge, codeChallengeMethod
        case isListening = "listening"
    }

    package static let schemaName = "Authorization"
    package static let definition = JSONSchema.record(
        .required("url", .string, "The page the person opens."),
        .required("state", .string, "Names the login; good once, for ten minutes."),
        .required("verifier", .string, "Sent back with the code."),
        .required("codeChallenge", .string, "The verifier's SHA-256, as the page's address carries it."),
        .required("codeChallengeMethod", .string, "`S256`."),
        .required("listening", .boolean, "Whether the daemon waits for the browser, so that no code has to be copied."),
        description: "How a login with a code begins."
    )

    /// What the documents show.
    package static let example = Authorization(
        url: "https://claude.ai/oauth/authorize?code=true",
        state: "Xo1pYc1jDkB0pWwVnLrEJtQKkqJ6o5mXl1B9hS0yq2E",
        verifier: "4yU0kWn0pQ3mF6sB9dH2jL5xZ8cV1gT7rE4wA0iO3uP6yK9nM2bS5fD8hJ1lQ4tC",
        codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        isListening: false
    )
}

/// What became of a code: a credential, or the provider's refusal.
package struct LoginExchange: Codable, Sendable, Equatable, ComponentDescribing {
    package var success: Bool
    package var credential: Credential?
    /// When the token ends.
    package var expiresAt: Timestamp?
    /// The same in seconds from now.
    package var expiresIn: Int?
    /// Why there is no credential, for people.
    package var error: String?

    package init(credential: Credential, expiresIn: Int? = nil) {
        success = true
        self.credential = credential
        expiresAt = credential.expiresAt
        self.expiresIn = expiresIn
    }

    package init(error: String) {
        success = false
        self.error = error
    }

    package static let schemaName = "LoginExchange"
    package static let definition = JSONSchema.record(
        .required("success", .boolean, "Whether there is a credential now."),
        .optional("credential", .reference(to: Credential.self), "The credential; absent after a refusal."),
        .optional("expiresAt", .timestamp, "When the token ends; absent when that is not known."),
        .optional("expiresIn", .count, "The same in seconds from now."),
        .optional("error", .string, "Why the provider refused; absent after a success."),
        description: "What became of a code."
    )

    /// What the documents show.
    package static let example = LoginExchange(credential: .example, expiresIn: 28_800)
}
