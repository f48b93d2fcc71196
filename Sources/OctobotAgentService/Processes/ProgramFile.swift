import CLinux
import Foundation

/// The file that a command's first word names.
enum ProgramFile {
    /// Looks for a program as execvp(3) does.
    ///
    /// - Parameters:
    ///   - path: `PATH`; the usual folders when absent.
    ///   - directory: where names with a slash start from.
    static func find(
        _ name: String,
        path: String?,
        directory: String
    ) throws(HandRefusal) -> String {
        var isThere = false
        for file in candidates(name, path, directory) {
            var info = stat()
            guard stat(file, &info) == 0 else { continue }
            isThere = true
            if info.st_mode & S_IFMT == S_IFREG, access(file, X_OK) == 0 { return file }
        }
        guard isThere else { throw .commandNotFound(name) }
        throw .invalid("'\(name)' cannot be executed: it is no file that this user may run.")
    }

    private static func candidates(_ name: String, _ path: String?, _ directory: String) -> [String] {
        guard !name.isEmpty else { return [] }
        if name.hasPrefix("/") { return [name] }
        if name.contains("/") { return ["\(directory)/\(name)"] }
        return (path ?? ShellEnvironment.usualPath).split(separator: ":").map { folder in
            folder.hasPrefix("/") ? "\(folder)/\(name)" : "\(directory)/\(folder)/\(name)"
        }
    }
}
