import COpenSSL
import HTTPTypes
import SandboxAgentAPI

/// Checks the bearer secret of requests (agent-api.md §2).
struct Authenticator: Sendable {
    let stored: SecretHash

    /// Throws the 401 that fits.
    func check(_ field: String?) throws(HTTPRefusal) {
        switch BearerToken(field: field) {
        case .missing:
            throw HTTPRefusal(.unauthorized, "Authorization header required")
        case .malformed:
            throw HTTPRefusal(
                .unauthorized,
                "Invalid Authorization header format. Expected: Bearer <token>"
            )
        case .token(let secret):
            guard stored.matches(digest: Self.sha256(stored.message(for: secret))) else {
                throw HTTPRefusal(.unauthorized, "Invalid authorization token")
            }
        }
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }
}
