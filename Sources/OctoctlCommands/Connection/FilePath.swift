import Foundation

/// Paths as people type them.
enum FilePath {
    /// The path from the root, `~` and `.` resolved, symbolic links left alone.
    static func absolute(_ path: String, from directory: String = FileManager.default.currentDirectoryPath) -> String {
        let expanded = (path as NSString).expandingTildeInPath
        let full = expanded.hasPrefix("/") ? expanded : directory + "/" + expanded
        return URL(filePath: full, directoryHint: .notDirectory).standardizedFileURL.path(percentEncoded: false)
    }

    /// The one path of an existing file: no symbolic links in it; `path` itself when there is no such file.
    static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether there is a folder.
    static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
