package import OctobotModel

/// Exchanges a provider's refresh token for new tokens.
package protocol CredentialRefresher: Sendable {
    /// The provider's id, such as `anthropic`.
    var provider: String { get }

    /// The tokens that take the place of `tokens`, which have a refresh token.
    ///
    /// Called once at a time for a credential. What the provider does not say anew (refresh token, scope, account) is
    /// taken over from `tokens`.
    /// - Throws: `upstreamFailed` when the provider refuses or cannot be reached; no secret is part of the message.
    func refreshed(_ tokens: OAuthTokens) async throws(Fault) -> OAuthTokens
}
