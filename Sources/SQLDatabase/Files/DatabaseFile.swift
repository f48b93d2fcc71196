import Foundation

/// The file of a database before SQLite sees it: who may read it, and whether it is ours (SQLite file format §1.3).
struct DatabaseFile {
    let path: String
    let applicationID: Int32

    /// Checks an existing file, or makes an empty one with its folder.
    ///
    /// - Returns: Whether the file is new.
    /// - Throws: kinds `foreign`, `corrupt`, `readOnly`, `cannotOpen`; nothing was changed then.
    func prepare() throws(SQLDatabaseError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("cannot be opened", errno) }
            try makeFolder()
            try makeFile()
            return true
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SQLDatabaseError(.cannotOpen, "\(path) is not a regular file.")
        }
        let header = try header()
        if !header.isEmpty {
            try DatabaseHeader(header).check(
                path: path,
                applicationID: applicationID,
                size: Int(status.st_size),
                hasLog: hasLog
            )
        }
        try checkWritable(status)
        return header.isEmpty
    }

    /// Takes the permissions of others off a file that was accepted.
    func restrict() throws(SQLDatabaseError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        guard chmod(path, 0o600) == 0 else { throw failure("cannot be made private", errno) }
    }

    /// The first 100 bytes, fewer when the file is shorter.
    private func header() throws(SQLDatabaseError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be read", errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: DatabaseHeader.size)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("cannot be read", errno) }
        return Array(bytes.prefix(count))
    }

    /// A file without its owner's write bit is meant to stay as it is, also for root, whom the kernel would let write.
    private func checkWritable(_ status: stat) throws(SQLDatabaseError) {
        guard status.st_mode & 0o200 != 0, access(path, W_OK) == 0 else {
            throw SQLDatabaseError(.readOnly, "\(path) is not writable for this user.")
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            throw SQLDatabaseError(.readOnly, "\(folder) is not writable for this user; SQLite keeps its log there.")
        }
    }

    private var hasLog: Bool {
        var status = stat()
        return stat(path + "-wal", &status) == 0 && status.st_size > 0
    }

    private var folder: String { URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false) }

    private func makeFolder() throws(SQLDatabaseError) {
        var missing: [URL] = []
        var current = URL(filePath: path).deletingLastPathComponent()
        var status = stat()
        while stat(current.path(percentEncoded: false), &status) != 0, errno == ENOENT, current.pathComponents.count > 1
        {
            missing.append(current)
            current = current.deletingLastPathComponent()
        }
        for url in missing.reversed() {
            let folder = url.path(percentEncoded: false)
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw failure("cannot be created: folder \(folder)", errno)
            }
        }
    }

    /// Made here so that it never has other permissions; SQLite gives its log files the same.
    private func makeFile() throws(SQLDatabaseError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be created", errno) }
        close(descriptor)
    }

    private func failure(_ what: String, _ code: Int32) -> SQLDatabaseError {
        let kind: SQLDatabaseError.Kind =
            switch code {
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .cannotOpen
            }
        return SQLDatabaseError(kind, "\(path) \(what) (\(String(cString: strerror(code)))).")
    }
}
