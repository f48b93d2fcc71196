/// A remote of a repository, as its configuration names it.
struct Remote: Sendable, Equatable {
    var name: String
    var url: String

    /// Reads `git config -z --get-regexp ^remote\..*\.url$`: key, line feed, value; the first URL of each counts.
    static func parse(_ fields: [[UInt8]]) -> [Remote] {
        var remotes: [Remote] = []
        for field in fields {
            let parts = String(decoding: field, as: UTF8.self).split(separator: "\n", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("remote."), parts[0].hasSuffix(".url") else { continue }
            let name = String(parts[0].dropFirst("remote.".count).dropLast(".url".count))
            guard !name.isEmpty, !remotes.contains(where: { $0.name == name }) else { continue }
            remotes.append(Remote(name: name, url: String(parts[1])))
        }
        return remotes
    }

    /// Whether the name can stand in a ref; git allows more, but nobody uses it.
    var hasPlainName: Bool {
        name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._\-]*(\/[A-Za-z0-9_][A-Za-z0-9._\-]*)*/) != nil
            && !name.contains("..") && !name.hasSuffix(".lock") && !name.hasSuffix(".")
    }
}
