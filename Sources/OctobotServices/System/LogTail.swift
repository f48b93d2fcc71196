import Dispatch
import Foundation
import Glibc

/// The end of the daemon's log file, for a report of a fault.
///
/// Secrets are never logged; what looks like one is hidden all the same, because a report leaves the machine and the file
/// also has what a crash printed.
enum LogTail {
    /// How many bytes of it are read.
    static let limit = 64 << 10

    /// `nil` when there is no such file; reads on a thread of its own pool.
    static func read(_ path: String) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: text(of: path).map(hidingSecrets)) }
        }
    }

    /// The last whole lines of a regular file that is no link.
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let start = max(0, Int(status.st_size) - limit)
        do {
            try file.seek(toOffset: UInt64(start))
            var bytes = try file.read(upToCount: limit) ?? Data()
            if start > 0 { bytes = bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst() }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            // A report without its log is better than none.
            return ""
        }
    }

    /// The text with every word that may be a secret replaced by `…`.
    ///
    /// A word may be one for its length or its beginning, after a label such as `token=`, or before the `@` of a URL.
    static func hidingSecrets(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        var label = false
        var rest = Substring(text)
        while let first = rest.first {
            guard first.isWordPart else {
                let gap = rest.prefix { !$0.isWordPart }
                if !gap.allSatisfy({ "=: \"'".contains($0) }) || gap.isEmpty { label = false }
                result += gap
                rest = rest.dropFirst(gap.count)
                if gap.hasSuffix("://"), let end = rest.firstIndex(where: { "@/?# \"'\n".contains($0) }),
                    rest[end] == "@"
                {
                    result += "…"
                    rest = rest[end...]
                }
                continue
            }
            let word = rest.prefix { $0.isWordPart }
            rest = rest.dropFirst(word.count)
            let lowercased = word.lowercased()
            // "Authorization: Bearer x": the scheme is no secret, what follows is.
            if schemes.contains(lowercased) {
                result += word
                label = true
            } else {
                result += label || looksSecret(word) ? "…" : word
                label = labels.contains { lowercased.hasSuffix($0) }
            }
        }
        return result
    }

    /// Longer than any id of ours and than a commit; or with the beginning of a well-known kind of token.
    private static func looksSecret(_ word: Substring) -> Bool {
        word.utf8.count > 40 || beginnings.contains { word.hasPrefix($0) }
    }

    private static let beginnings = [
        "sk-", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox", "AIza",
    ]
    private static let labels = [
        "token", "secret", "password", "passwd", "authorization", "api_key", "apikey", "api-key",
    ]
    private static let schemes: Set<String> = ["bearer", "basic"]
}

extension Character {
    /// Part of what a token is made of.
    fileprivate var isWordPart: Bool {
        isASCII && (isLetter || isNumber || self == "_" || self == "-" || self == "." || self == "+" || self == "~")
    }
}
