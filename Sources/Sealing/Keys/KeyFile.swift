import Foundation

/// The file that holds the keys, readable by its owner alone: 64 hexadecimal digits a line, the current key first, behind
/// it those a rotation has not yet done away with.
package enum KeyFile {
    /// Lines of digits and newlines, the last of which may be missing; more keys than one are rare.
    private static let sizes = 64...(8 * 65)

    /// The keys in a file, made at the first start.
    ///
    /// - Throws: ``SealingError/keyFile(path:problem:)`` for a file that cannot be used; it is never replaced, because
    ///   what was sealed with the right one would be lost.
    package static func loadOrCreate(path: String) throws(SealingError) -> KeyRing {
        if let ring = try load(path: path) { return ring }
        let ring = KeyRing(try SecretKey.random())
        let isCreated = try withDraft(of: ring, path: path) { draft throws(SealingError) in
            if link(draft, path) == 0 { return true }
            if errno == EEXIST { return false }
            throw failure(path, "cannot be created", errno)
        }
        if isCreated { return ring }
        // Another process was first: its key counts.
        guard let ring = try load(path: path) else { throw .keyFile(path: path, problem: "vanished while it was read") }
        return ring
    }

    /// Puts other keys into a file that is there; whatever happens, it holds either these or those.
    static func replace(path: String, with ring: KeyRing) throws(SealingError) {
        _ = try withDraft(of: ring, path: path) { draft throws(SealingError) in
            guard rename(draft, path) == 0 else { throw failure(path, "cannot be replaced", errno) }
            return true
        }
    }

    /// The keys in a file, `nil` when there is none.
    ///
    /// - Throws: ``SealingError/keyFile(path:problem:)`` for a file that cannot be used.
    package static func load(path: String) throws(SealingError) -> KeyRing? {
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
            throw .keyFile(
                path: path,
                problem: "has \(status.st_size) bytes; it must hold 64 hexadecimal digits a line"
            )
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard read(descriptor, &bytes, bytes.count) == bytes.count else { throw failure(path, "cannot be read", errno) }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        do {
            return try KeyRing(text: String(decoding: bytes, as: UTF8.self), separator: "\n")
        } catch {
            throw .keyFile(path: path, problem: "does not hold 64 hexadecimal digits a line")
        }
    }

    /// Writes the file whole and synced under another name, so that it never exists half written, and lets `place` give
    /// it its own.
    ///
    /// - Returns: What `place` says: whether the draft became the file.
    private static func withDraft(
        of ring: KeyRing,
        path: String,
        _ place: (String) throws(SealingError) -> Bool
    ) throws(SealingError) -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let draft = path + "." + (try SecureRandom.hex(bytes: 8))
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, "cannot be created", errno) }
        defer { unlink(draft) }
        let bytes = Array(ring.keys.map { $0.hexadecimal + "\n" }.joined().utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw failure(path, "cannot be written", code) }
        guard try place(draft) else { return false }
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
