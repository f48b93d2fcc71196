/// Login at GitHub for Copilot: the person types a code into a page while we ask whether it is done (RFC 8628).
package struct CopilotLogin: Sendable {
    package static let publicHost = "github.com"
    private static let scope = "read:user"

    /// What a provider answers to the wish for a login (RFC 8628 §3.2).
    package struct DeviceCode: Sendable, Equatable {
        /// Ours: asks for the token.
        package var deviceCode: String
        /// The person's: typed into the page.
        package var userCode: String
        package var verificationURI: String
        package var lifetime: Duration
        /// The shortest time between two questions.
        package var interval: Duration
    }

    private let configuration: LoginConfiguration
    private var connection: ProviderConnection { ProviderConnection(limit: configuration.limit) }

    package init(_ configuration: LoginConfiguration) { self.configuration = configuration }

    /// The host a person means by the address of a GitHub Enterprise: scheme and path are dropped, lower case.
    ///
    /// - Returns: `nil` for what is no host name with a dot, and for addresses, ports and user names.
    package static func host(_ address: String) -> String? {
        var text = address.drop(while: \.isWhitespace)
        if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
        while text.last?.isWhitespace == true { text.removeLast() }
        if let slash = text.firstIndex(where: { "/?#".contains($0) }) { text = text[..<slash] }
        let host = text.lowercased()
        guard host.utf8.count <= 253,
            host.wholeMatch(of: /([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]/) != nil
        else { return nil }
        return host
    }

    /// Whether this host may be asked at all.
    package func admits(_ host: String) -> Bool {
        host == Self.publicHost || configuration.enterpriseHosts.contains(host)
    }

    /// Asks for a code.
    package func start(at host: String) async throws(ProviderLoginError) -> DeviceCode {
        let answer = try await connection.post(
            configuration.url(host, "/login/device/code"),
            form: [("client_id", configuration.clientIDs.copilot), ("scope", Self.scope)]
        )
        let page = try answer.required("verification_uri", upTo: 2048)
        guard page.wholeMatch(of: /https?:\/\/[!-~]+/) != nil else {
            throw .invalidAnswer("its verification_uri is no address")
        }
        let userCode = try answer.required("user_code", upTo: 64)
        guard userCode.wholeMatch(of: /[0-9A-Za-z -]+/) != nil else {
            throw .invalidAnswer("its user_code cannot be typed")
        }
        return DeviceCode(
            deviceCode: try answer.required("device_code", upTo: 512),
            userCode: userCode,
            verificationURI: page,
            lifetime: .seconds(try answer.integer("expires_in", in: 1...86_400) ?? 900),
            interval: .seconds(try answer.integer("interval", in: 0...3600) ?? 5)
        )
    }

    /// Asks whether the person is done; while not, the error is ``OAuthErrorCode/authorizationPending`` or `slowDown`.
    package func poll(_ deviceCode: String, at host: String) async throws(ProviderLoginError) -> ProviderTokens {
        let answer = try await connection.post(
            tokenURL(host),
            form: [
                ("client_id", configuration.clientIDs.copilot), ("device_code", deviceCode),
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ]
        )
        return try ProviderTokens(answer)
    }

    /// New tokens from `github.com`, for the tokens that end there.
    package func refresh(_ refreshToken: String) async throws(ProviderLoginError) -> ProviderTokens {
        let fields = [
            ("grant_type", "refresh_token"), ("client_id", configuration.clientIDs.copilot),
            ("refresh_token", refreshToken),
        ]
        return try await retrying(pause: configuration.pause) { () throws(ProviderLoginError) in
            try ProviderTokens(await connection.post(tokenURL(Self.publicHost), form: fields))
        }
    }

    private func tokenURL(_ host: String) -> String { configuration.url(host, "/login/oauth/access_token") }
}
