import Foundation
import SandboxAgentAPI

/// Reading and writing, where what lies there counts: only regular files are opened, and nothing waits for a device.
extension WorkspaceFiles {
    /// A file's content, as text when it is UTF-8 without NUL; the part from `offset` on when that is asked for.
    func read(_ path: String, offset: Int? = nil, length: Int? = nil) throws(Refusal) -> FileContent {
        let path = try Self.normal(path)
        let (file, info) = try openRegular(path)
        defer { close(file) }
        let size = Int(info.st_size)
        let start = min(offset ?? 0, size)
        let count = min(length ?? size, size - start)
        guard count <= AgentLimit.readableFile else { throw .tooLarge }
        let bytes = try Self.bytes(of: file, from: start, count: count)
        let version = Self.version(of: info)
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            return FileContent(path: path, content: text, encoding: .utf8, size: size, version: version)
        }
        return FileContent(
            path: path,
            content: bytes.base64EncodedString(),
            encoding: .base64,
            size: size,
            version: version
        )
    }

    /// Replaces a file at once and whole, making the folders above it.
    ///
    /// - Parameters:
    ///   - version: What the writer had read; empty for a file that must not exist.
    ///   - original: The content the writer had read, to the same end.
    func write(
        _ path: String,
        _ bytes: Data,
        version: String? = nil,
        original: Data? = nil
    ) throws(Refusal) -> FileWritten {
        let path = try Self.normal(path)
        guard path != "." else { throw .invalid("Is a directory") }
        try makeParents(of: path)
        let (parent, name) = try openParent(of: path, missing: "Directory not found")
        defer { close(parent) }
        try check(path, version: version, original: original)
        var old = stat()
        let exists = fstatat(parent, name, &old, AT_SYMLINK_NOFOLLOW) == 0
        if exists, old.st_mode & S_IFMT == S_IFDIR { throw .invalid("Is a directory") }
        if exists, old.st_mode & S_IFMT == S_IFLNK { return try overwrite(path, bytes) }
        if exists, old.st_mode & S_IFMT != S_IFREG { throw .invalid("Not a regular file") }
        let draft = ".octobot-\(UUID().uuidString)"
        let file = openat(parent, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Self.refusal(errno, missing: "Directory not found") }
        defer { close(file) }
        var isPlaced = false
        defer { if !isPlaced { unlinkat(parent, draft, 0) } }
        if exists { fchmod(file, old.st_mode & 0o7777) }
        try Self.put(bytes, into: file)
        // As late as can be: whoever changed the file while this was written is not overwritten.
        try check(path, version: version, original: original)
        guard renameat(parent, draft, parent, name) == 0 else { throw Self.refusal(errno, missing: "File not found") }
        isPlaced = true
        var new = stat()
        guard fstat(file, &new) == 0 else { throw .denied }
        return FileWritten(path: path, size: bytes.count, version: Self.version(of: new))
    }

    /// Writes through a link, which stays.
    private func overwrite(_ path: String, _ bytes: Data) throws(Refusal) -> FileWritten {
        let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode: 0o666, missing: "File not found")
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw .invalid("Not a regular file") }
        try Self.put(bytes, into: file)
        guard fstat(file, &info) == 0 else { throw .denied }
        return FileWritten(path: path, size: bytes.count, version: Self.version(of: info))
    }

    private func check(_ path: String, version: String?, original: Data?) throws(Refusal) {
        guard version != nil || original != nil else { return }
        let file: CInt
        let info: stat
        do throws(Refusal) {
            (file, info) = try openRegular(path)
        } catch {
            guard case .notFound = error, original == nil, version?.isEmpty != false else { throw .changed }
            return
        }
        defer { close(file) }
        if let version, version != Self.version(of: info) { throw .changed }
        guard let original else { return }
        guard Int(info.st_size) == original.count,
            try Self.bytes(of: file, from: 0, count: original.count) == original
        else { throw .changed }
    }

    private func openRegular(_ path: String) throws(Refusal) -> (CInt, stat) {
        let file = try open(path, O_RDONLY | O_NONBLOCK, missing: "File not found")
        var info = stat()
        guard fstat(file, &info) == 0 else {
            close(file)
            throw .denied
        }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return (file, info)
        case S_IFDIR:
            close(file)
            throw .invalid("Is a directory")
        default:
            close(file)
            throw .invalid("Not a regular file")
        }
    }

    private static func bytes(of file: CInt, from start: Int, count: Int) throws(Refusal) -> Data {
        var data = Data(count: count)
        var done = 0
        while done < count {
            let got = data.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress.map { $0 + done }, count - done, off_t(start + done))
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw .denied
            }
            // Somebody made it shorter.
            if got == 0 { break }
            done += got
        }
        return data.prefix(done)
    }

    private static func put(_ bytes: Data, into file: CInt) throws(Refusal) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                Foundation.write(file, buffer.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if put < 0 {
                if errno == EINTR { continue }
                throw refusal(errno, missing: "File not found")
            }
            done += put
        }
    }

    /// Changes with every write: by us, because that makes a new file; by others, because it moves the times.
    private static func version(of info: stat) -> String {
        let parts = [
            UInt64(info.st_ino), UInt64(bitPattern: Int64(info.st_size)),
            UInt64(bitPattern: Int64(info.st_mtim.tv_sec)),
            UInt64(bitPattern: Int64(info.st_mtim.tv_nsec)), UInt64(bitPattern: Int64(info.st_ctim.tv_nsec)),
        ]
        return parts.map { String($0, radix: 36) }.joined(separator: "-")
    }
}
