import Foundation

/// The socket: who owns it and who may use it.
enum SocketCheck {
    static func finding(_ path: String, user: uid_t = getuid()) -> Finding {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .notice("socket", "none at \(path)") }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            return .problem("socket", "\(path) is no socket", remedy: "Remove it: rm \(path)")
        }
        guard status.st_uid == user || user == 0 else {
            return .problem("socket", "\(path) belongs to another user (\(status.st_uid))")
        }
        guard status.st_mode & 0o007 == 0 else {
            return .problem("socket", "\(path) may be used by everybody", remedy: "chmod 600 \(path)")
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard lstat(folder, &status) == 0 else { return .problem("socket", "\(folder) cannot be read") }
        // Anybody who can write here can put a socket of their own in its place; the sticky bit of /tmp prevents that.
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            return .problem("socket", "\(folder) is writable by others", remedy: "chmod 700 \(folder)")
        }
        return .fine("socket", path)
    }
}
