import Glibc

/// Which files a hook is for: `**`, `*`, `?`, `[…]` and `{a,b}` (agent-api.md §11.5).
///
/// A pattern without a slash is matched against the name of a file, any other against its path. Hidden names never match
/// a wildcard.
struct HookPattern: Sendable {
    /// How many patterns braces may stand for.
    private static let most = 256

    private let alternatives: [[String]]
    private let isForNames: Bool

    init(_ text: String) {
        isForNames = !text.contains("/")
        alternatives = Self.expanded(text).map { pattern in
            pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// - Parameter path: relative to the workspace.
    func matches(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, !parts.contains(where: { $0.hasPrefix(".") }) else { return false }
        return alternatives.contains { Self.matches($0[...], isForNames ? [name] : parts[...]) }
    }

    private static func matches(_ pattern: ArraySlice<String>, _ parts: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return parts.isEmpty }
        if first == "**" {
            let rest = pattern.drop { $0 == "**" }
            return (parts.startIndex...parts.endIndex).contains { matches(rest, parts[$0...]) }
        }
        guard let part = parts.first, fnmatch(first, part, FNM_PERIOD) == 0 else { return false }
        return matches(pattern.dropFirst(), parts.dropFirst())
    }

    /// The patterns without braces that one with braces stands for.
    private static func expanded(_ text: String) -> [String] {
        var done: [String] = []
        var open = [text]
        while let pattern = open.popLast() {
            guard done.count + open.count < most, let end = pattern.firstIndex(of: "}"),
                let start = pattern[..<end].lastIndex(of: "{")
            else {
                done.append(pattern)
                continue
            }
            let inner = pattern[pattern.index(after: start)..<end].split(
                separator: ",",
                omittingEmptySubsequences: false
            )
            let rest = pattern[pattern.index(after: end)...]
            open += inner.reversed().map { "\(pattern[..<start])\($0)\(rest)" }
        }
        return done
    }
}
