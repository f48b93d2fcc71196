import CLinux
import Foundation
import JSONText

/// Links from the home into the cache that the sandboxes of a project share (agent-api.md §16.2).
///
/// What lies in the home and in the cache was written by programs nobody vouches for: no link is followed on the way to
/// a place, nothing that holds anything is replaced, and what is linked lies below the home and outside the workspace.
struct CacheLinks {
    /// Where the cache is mounted.
    static let mount = "/.data/cache"

    /// Below the home.
    static let usual = [
        ".cache", ".npm", ".pnpm-store", ".yarn", ".local/share/uv", "go/pkg/mod", ".cargo/registry", ".cargo/git",
        ".bundle", ".gem", ".m2/repository", ".gradle/caches", ".gradle/wrapper", ".nuget/packages",
        ".composer/cache", ".bun/install/cache", ".docker/buildx", ".ccache", ".vscode-server", ".cursor-server",
        ".zed_server",
    ]

    private static let fileLimit = 64 << 10
    private static let pathLimit = 64

    private struct File: Decodable {
        var additionalPaths: [String]?
    }

    /// Absolute.
    let home: String
    let workspace: String
    let cache: String

    init(home: String, workspace: String, cache: String = CacheLinks.mount) {
        self.home = home
        self.workspace = workspace
        self.cache = cache
    }

    /// Makes the links, or takes away those of an earlier start when there is no cache now.
    ///
    /// - Returns: What was not done, and why; for people.
    func make() -> [String] {
        var complaints: [String] = []
        let own = paths(&complaints)
        let folder = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return complaints + ["'\(home)' cannot be opened: \(errnoText())"] }
        defer { close(folder) }
        let store = open(cache, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        defer { if store >= 0 { close(store) } }
        for path in Self.usual + own {
            let parts = Self.parts(path)
            if store < 0 {
                unlink(parts, in: folder)
            } else if let complaint = link(parts, in: folder, to: store) {
                complaints.append("'\(path)' \(complaint)")
            }
        }
        return complaints
    }

    private func target(_ parts: [String]) -> String { cache + home + "/" + parts.joined(separator: "/") }

    // MARK: The workspace's wishes

    /// The paths of `.octobot/cache.json` that are allowed, relative to the home.
    private func paths(_ complaints: inout [String]) -> [String] {
        let name = ".octobot/cache.json"
        guard let bytes = contents(&complaints, name) else { return [] }
        let wanted: [String]
        do {
            wanted = try JSONCoding.decode(File.self, from: bytes).additionalPaths ?? []
        } catch {
            complaints.append("\(name) is not of the form {\"additionalPaths\": [\"\(home)/…\"]}")
            return []
        }
        if wanted.count > Self.pathLimit { complaints.append("\(name) names more than \(Self.pathLimit) paths") }
        return wanted.prefix(Self.pathLimit).compactMap { path in
            if let allowed = allowed(path) { return allowed }
            complaints.append("'\(path.prefix(200))' is no path below \(home) and outside the workspace")
            return nil
        }
    }

    /// The bytes of the workspace's file; `nil` when there is none that may be read.
    private func contents(_ complaints: inout [String], _ name: String) -> [UInt8]? {
        let root = open(workspace, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return nil }
        defer { close(root) }
        let folder = openat(root, ".octobot", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            if errno != ENOENT { complaints.append("\(name) is not read: its folder is none") }
            return nil
        }
        defer { close(folder) }
        // Nobody is waited for at the other end of a pipe.
        let file = openat(folder, "cache.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno != ENOENT { complaints.append("\(name) is not read: \(errnoText())") }
            return nil
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= Self.fileLimit else {
            complaints.append("\(name) is no file of at most \(Self.fileLimit >> 10) KiB")
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Self.fileLimit)
        let count = read(file, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// The path relative to the home, when it may be linked.
    private func allowed(_ path: String) -> String? {
        let (parts, above) = (Self.parts(path), Self.parts(home))
        guard path.utf8.count <= 1024, !path.utf8.contains(0), parts.count > above.count, parts.starts(with: above),
            parts.dropFirst().allSatisfy({ !["", ".", ".."].contains($0) && $0.utf8.count <= 255 })
        else { return nil }
        // Our own state, and the work: a link in it would be part of what is committed.
        for taken in [workspace, home + "/.octobot"] where parts.starts(with: Self.parts(taken)) { return nil }
        return parts.dropFirst(above.count).joined(separator: "/")
    }

    /// The names in a path, cut at its bytes: a slash may be part of a larger character.
    private static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    // MARK: Links

    /// - Returns: Why there is no link now; `nil` too for a place that has something of its own.
    private func link(_ parts: [String], in folder: CInt, to store: CInt) -> String? {
        guard let name = parts.last else { return nil }
        let places = Self.parts(home).dropFirst() + parts
        guard let stored = walk(places, from: store, mode: 0o777) else {
            return "cannot be kept in the cache: \(errnoText())"
        }
        close(stored)
        guard let parent = walk(parts.dropLast(), from: folder, mode: 0o755) else {
            return "cannot be reached: \(errnoText())"
        }
        defer { close(parent) }
        // An empty folder makes room; anything else that is there stays.
        _ = unlinkat(parent, name, AT_REMOVEDIR)
        guard symlinkat(target(parts), parent, name) == 0 || errno == EEXIST else {
            return "cannot be linked: \(errnoText())"
        }
        return nil
    }

    /// Takes our link away, which leads nowhere.
    private func unlink(_ parts: [String], in folder: CInt) {
        guard let name = parts.last, let parent = walk(parts.dropLast(), from: folder, mode: nil) else { return }
        defer { close(parent) }
        var text = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(parent, name, &text, text.count)
        guard count > 0, text[..<count].map({ UInt8(bitPattern: $0) }).elementsEqual(target(parts).utf8) else { return }
        _ = unlinkat(parent, name, 0)
    }

    /// Opens a folder below another one, step by step and past no link.
    ///
    /// - Parameter mode: Of the folders that are made on the way; `nil` to make none.
    private func walk(_ parts: some Sequence<String>, from folder: CInt, mode: mode_t?) -> CInt? {
        var current = clinux_duplicate_above(folder, 3)
        for part in parts {
            guard current >= 0 else { return nil }
            let isNew = mode.map { mkdirat(current, part, $0) == 0 } ?? false
            let next = openat(current, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let code = errno
            close(current)
            // Whatever the umask is: others of the project write there as well.
            if let mode, isNew, next >= 0 { _ = chmod("/proc/self/fd/\(next)", mode) }
            errno = code
            current = next
        }
        return current >= 0 ? current : nil
    }
}
