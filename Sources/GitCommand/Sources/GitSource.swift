/// Where a workspace comes from: a folder of this machine or a repository behind a URL.
package enum GitSource: Sendable, Equatable {
    /// A local path, as given.
    case path(String)
    /// An https or ssh URL, or the short form `user@host:path`.
    case url(String)
    /// Looks like a URL, but is not allowed; the text says why.
    case refused(String)

    /// Tells a URL from a path (behaviour.md §5.2): only `https`, `ssh` and the short form are URLs, no credentials.
    ///
    /// A user name without a password is part of an ssh address and stays.
    package static func classify(_ text: String) -> GitSource {
        guard !text.isEmpty else { return .refused("The source is empty.") }
        guard !text.hasPrefix("-") else { return .refused("A source must not begin with '-'.") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            return .refused("A source must not contain control characters.")
        }
        if let match = text.wholeMatch(of: /(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*):\/\/(?<rest>.*)/) {
            return url(text, scheme: match.output.scheme.lowercased(), rest: match.output.rest)
        }
        if text.contains("::"), text.wholeMatch(of: /[A-Za-z0-9]+::.*/) != nil {
            return .refused("Transport helpers are not allowed; use https or ssh.")
        }
        if let match = text.wholeMatch(of: /(?<user>[^@:\/\s]+)@(?<host>[^@:\/\s]+):(?<path>.+)/) {
            let parts = [match.output.user, match.output.host, match.output.path]
            if parts.contains(where: { $0.hasPrefix("-") }) {
                return .refused("A part of the address begins with '-'.")
            }
            return .url(text)
        }
        return .path(text)
    }

    private static func url(_ text: String, scheme: String, rest: Substring) -> GitSource {
        guard scheme == "https" || scheme == "ssh" else {
            return .refused("'\(scheme)' is not allowed; use https or ssh.")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard let host = parts.last, !host.isEmpty, !host.hasPrefix("-"), !host.contains(" ") else {
            return .refused("The URL names no host.")
        }
        if parts.count > 1 {
            let user = parts.dropLast().joined(separator: "@")
            guard scheme == "ssh", !user.isEmpty, !user.contains(":"), !user.contains("@"), !user.hasPrefix("-") else {
                return .refused("Credentials in a URL are not allowed; use a credential helper or an SSH agent.")
            }
        }
        guard rest.count > authority.count + 1 else { return .refused("The URL names no repository.") }
        return .url(text)
    }
}
