import CLinux
import Foundation

/// Files of state that are never seen half written.
enum StateFile {
    /// Replaces a file by way of a temporary one beside it; the folders above are made.
    ///
    /// - Returns: whether it was written.
    @discardableResult
    static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let folder = (path as NSString).deletingLastPathComponent
        // A folder that cannot be made shows when the file is opened.
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }
}
