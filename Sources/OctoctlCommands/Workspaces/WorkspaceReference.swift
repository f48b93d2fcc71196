import Foundation

/// What people name a workspace with: an id, a path or a URL (decision 62).
enum WorkspaceReference: Equatable {
    case id(String)
    /// The root of a work tree, or the folder itself where there is none; without symbolic links.
    case folder(String)
    case url(String)

    /// - Parameter directory: Where relative paths begin.
    /// - Throws: ``Failure`` for a path that is no folder.
    init(_ text: String, from directory: String = FileManager.default.currentDirectoryPath) throws {
        if Self.isURL(text) {
            self = .url(text)
            return
        }
        let path = FilePath.absolute(text, from: directory)
        guard FilePath.isFolder(path) else {
            guard Self.looksLikePath(text) else {
                self = .id(text)
                return
            }
            throw Failure(
                "There is no folder '\(text)'.",
                hint: "'octoctl workspace create PATH' makes one with an empty repository.",
                status: .notFound
            )
        }
        let folder = FilePath.canonical(path)
        self = .folder(WorkTree.root(of: folder) ?? folder)
    }

    /// Whether git would fetch from there: a scheme, or `user@host:path`.
    static func isURL(_ text: String) -> Bool {
        if text.wholeMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:\/\/.+/) != nil { return true }
        return text.wholeMatch(of: /[^\/@:\s]+@[^\/@:\s]+:.+/) != nil
    }

    /// Whether only a path is written like this.
    private static func looksLikePath(_ text: String) -> Bool {
        text.contains("/") || text.hasPrefix(".") || text.hasPrefix("~")
    }

    /// The path of `workspace.create`: URLs as they are, folders from the root.
    static func source(_ text: String) -> String {
        isURL(text) ? text : FilePath.absolute(text)
    }
}

/// Git work trees, as far as `octoctl` needs to know them.
enum WorkTree {
    /// The nearest folder at or above `path` that holds a `.git`, a folder or (worktrees, submodules) a file.
    static func root(of path: String) -> String? {
        var folder = path
        while true {
            if isGit(folder + "/.git") { return folder }
            guard folder != "/", !folder.isEmpty else { return nil }
            folder = (folder as NSString).deletingLastPathComponent
        }
    }

    /// gitrepository-layout(5): a folder with `HEAD`, or a file that says `gitdir:`.
    private static func isGit(_ path: String) -> Bool {
        if FilePath.isFolder(path) { return FileManager.default.fileExists(atPath: path + "/HEAD") }
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard let start = try? file.read(upToCount: 7) else { return false }
        return start == Data("gitdir:".utf8)
    }
}
