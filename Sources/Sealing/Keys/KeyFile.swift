import Foundation

/// The file that holds the key: 64 hexadecimal digits, readable by its owner alone.
package enum KeyFile {
    /// Digits and a final newline, which may be missing.
    private static let sizes = 64...65

    /// The key in a file, made at the first start.
    ///
    /// - Throws: ``SealingError/keyFile(path:problem:)`` for a file that cannot be used; it is never replaced, because
    ///   what was sealed with the right one would be lost.
    package static func loadOrCreate(path: String) throws(SealingError) -> SecretKey {
        if let key = try load(path: path) { return key }
        let key = try SecretKey.random()
        if try create(key, path: path) { return key }
        // Another process was first: its key counts.
        guard let key = try load(path: path) else { throw .keyFile(path: path, problem: "vanished while it was read") }
        return key
    }

    /// The key in a file, `nil` when there is none.
    ///
    /// - Throws: ``SealingError/keyFile(path:problem:)`` for a file that cannot be used.
    package static func load(path: String) throws(SealingError) -> SecretKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, "cannot be read", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, "cannot be read", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .keyFile(path: path, problem: "is not a regular file") }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .keyFile(path: path, problem: "belongs to user \(status.st_uid); it must belong to this user")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw .keyFile(
                path: path,
                problem: "can be read or changed by others (mode 0\(String(mode, radix: 8))); make it 0600"
            )
        }
        guard sizes.contains(Int(status.st_size)) else {
            throw .keyFile(path: path, problem: "has \(status.st_size) bytes; it must hold 64 hexadecimal digits")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard read(descriptor, &bytes, bytes.count) == bytes.count else { throw failure(path, "cannot be read", errno) }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        do {
            return try SecretKey(hexadecimal: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .keyFile(path: path, problem: "does not hold 64 hexadecimal digits")
        }
    }

    /// Writes the file whole and synced under another name first, so that it never exists half written.
    ///
    /// - Returns: `false` when another process made it meanwhile.
    private static func create(_ key: SecretKey, path: String) throws(SealingError) -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let draft = path + "." + (try SecureRandom.hex(bytes: 8))
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, "cannot be created", errno) }
        defer { unlink(draft) }
        let bytes = Array((key.hexadecimal + "\n").utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw failure(path, "cannot be written", code) }
        guard link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw failure(path, "cannot be created", errno)
        }
        try sync(folder: folder, path: path)
        return true
    }

    private static func sync(folder: String, path: String) throws(SealingError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "cannot be made durable", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, "cannot be made durable", errno) }
    }

    private static func failure(_ path: String, _ what: String, _ code: Int32) -> SealingError {
        .keyFile(path: path, problem: "\(what) (\(String(cString: strerror(code))))")
    }
}
