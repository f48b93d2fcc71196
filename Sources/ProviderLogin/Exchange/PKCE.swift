import Foundation
package import Sealing

/// Proof key for code exchange (RFC 7636), with the state that ties an answer to its login (RFC 6749 §10.12).
package struct PKCE: Sendable {
    /// The method sent along with a challenge.
    package static let method = "S256"

    /// 48 random bytes as unpadded base64url: 64 characters.
    package let verifier: String
    /// 32 random bytes as unpadded base64url; never the verifier, since it stands in addresses.
    package let state: String

    package var challenge: String { Self.challenge(of: verifier) }

    /// - Throws: ``SealingError`` when the system has no randomness to give.
    package static func random() throws(SealingError) -> PKCE {
        PKCE(verifier: base64URL(try SecureRandom.bytes(48)), state: base64URL(try SecureRandom.bytes(32)))
    }

    /// The unpadded base64url of the verifier's SHA-256 (RFC 7636 §4.2).
    package static func challenge(of verifier: String) -> String {
        base64URL(Digest.sha256(Array(verifier.utf8)))
    }

    /// RFC 4648 §5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
