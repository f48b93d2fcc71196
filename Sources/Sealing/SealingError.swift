/// Why something could not be sealed, opened or read; never carries key material or content.
package enum SealingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The blob was changed, belongs elsewhere, or was sealed with another key.
    case cannotOpen
    /// The blob was sealed with a key that is not here.
    case unknownKey
    /// The blob is too short or of an unknown version.
    case malformed
    /// A key that is not 32 bytes.
    case badKey
    /// A key file that cannot be used: its path, and what is wrong.
    case keyFile(path: String, problem: String)
    /// The keys come from elsewhere and cannot be changed from here: what to do instead.
    case externalKey(String)
    /// libcrypto failed.
    case library(String)

    package var description: String {
        switch self {
        case .cannotOpen: "The sealed value was changed or was sealed with another key."
        case .unknownKey: "The value was sealed with a key that is not here."
        case .malformed: "The sealed value is damaged."
        case .badKey: "A key must have 32 bytes (64 hexadecimal digits)."
        case .keyFile(let path, let problem): "Key file \(path) \(problem)."
        case .externalKey(let remedy): remedy
        case .library(let function): "libcrypto failed in \(function)."
        }
    }
}
