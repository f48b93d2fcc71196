import Foundation
import Synchronization

/// The part of a user's own git configuration that counts when we work in that user's repositories.
///
/// Identity, and what decides how content stands in a work tree: line ends, ignore files, and the filters the user
/// installed (git-lfs). Filters that only a repository configures are not the user's and never run.
struct UserConfiguration: Sendable {
    var identity: GitIdentity?
    var settings: [(key: String, value: String)] = []

    private static let kept: Set<String> = [
        "core.autocrlf", "core.eol", "core.excludesfile", "core.attributesfile", "core.precomposeunicode",
    ]

    /// Reads the fields of `git config --list -z`: key, line feed, value.
    init(fields: [[UInt8]]) {
        var name: String?
        var email: String?
        for field in fields {
            let parts = String(decoding: field, as: UTF8.self).split(separator: "\n", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let (key, value) = (String(parts[0]), String(parts[1]))
            switch key {
            case "user.name": name = value
            case "user.email": email = value
            case _ where Self.kept.contains(key) || key.hasPrefix("filter."): settings.append((key, value))
            default: continue
            }
        }
        if let name, let email { identity = GitIdentity(name: name, email: email) }
    }

    /// The names of the filters the user installed.
    var filters: Set<String> { Set(settings.compactMap { filterName(ofKey: $0.key) }) }
}

/// The driver in `filter.<driver>.<what>`; a driver's name may contain dots.
func filterName(ofKey key: String) -> String? {
    guard key.hasPrefix("filter."), let end = key.lastIndex(of: "."), end > key.index(key.startIndex, offsetBy: 6)
    else { return nil }
    return String(key[key.index(key.startIndex, offsetBy: 7)..<end])
}

/// The users' configurations, each read at most once a minute; a failed read is not remembered.
final class UserConfigurations: Sendable {
    private struct Entry {
        var configuration: UserConfiguration
        var readAt: ContinuousClock.Instant
    }

    private let entries = Mutex<[UInt32: Entry]>([:])

    func configuration(
        of user: UInt32,
        read: () async throws(GitError) -> UserConfiguration
    ) async throws(GitError) -> UserConfiguration {
        let now = ContinuousClock.now
        let known = entries.withLock { $0[user] }
        if let known, now - known.readAt < .seconds(60) { return known.configuration }
        let configuration = try await read()
        entries.withLock { $0[user] = Entry(configuration: configuration, readAt: now) }
        return configuration
    }
}
