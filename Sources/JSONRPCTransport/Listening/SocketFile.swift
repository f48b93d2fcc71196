import Glibc
import Synchronization

/// A listening unix socket that we made in the file system, and the lock that says whose it is.
///
/// The lock file beside the socket is held for life. Only its holder removes a socket that is there, and only one that
/// nobody answers on: a socket whose owner is alive is never removed, whether or not that owner knows the lock.
final class SocketFile: Sendable {
    let path: String
    /// The bound and listening socket, until somebody takes it over.
    let descriptor: Int32
    private let lock: Int32
    private let identity: (device: UInt64, inode: UInt64)
    private let isOpen = Mutex(true)

    /// - Parameter group: the name of the group that may connect besides the owner.
    static func listen(at path: String, group: String?) throws(RPCListenError) -> SocketFile {
        do throws(SocketPathError) {
            _ = try SocketPath.check(path)
        } catch {
            throw .path(error)
        }
        let groupID = try group.map { name throws(RPCListenError) in try self.groupID(name, path) }
        try makeFolder(of: path, groupID: groupID)
        let lock = try takeLock(path)
        do throws(RPCListenError) {
            try removeStale(path)
            let descriptor = try bind(path, groupID: groupID)
            return try SocketFile(path: path, descriptor: descriptor, lock: lock)
        } catch {
            close(lock)
            throw error
        }
    }

    private init(path: String, descriptor: Int32, lock: Int32) throws(RPCListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let error = RPCListenError.failed(path, "lstat")
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        self.lock = lock
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// Removes the socket if it is still the one we made, and gives up the lock.
    func remove() {
        guard
            isOpen.withLock({ wasOpen in
                defer { wasOpen = false }
                return wasOpen
            })
        else { return }
        var status = stat()
        if lstat(path, &status) == 0, UInt64(status.st_dev) == identity.device, UInt64(status.st_ino) == identity.inode
        {
            unlink(path)
        }
        close(lock)
    }

    deinit { remove() }

    /// Makes the missing folders, closed to everybody else from the start.
    private static func makeFolder(of path: String, groupID: gid_t?) throws(RPCListenError) {
        var missing: [String] = []
        var folder = parent(of: path)
        var status = stat()
        while stat(folder, &status) != 0 {
            guard errno == ENOENT, folder != "/" else { throw .failed(folder, "stat") }
            missing.append(folder)
            folder = parent(of: folder)
        }
        for folder in missing.reversed() {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .failed(folder, "mkdir") }
        }
        guard let own = missing.first else {
            let folder = parent(of: path)
            guard stat(folder, &status) == 0 else { throw .failed(folder, "stat") }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw .unusable(path: path, reason: "\(folder) is no folder")
            }
            guard status.st_mode & 0o002 == 0 || status.st_mode & S_ISVTX != 0 else {
                throw .unusable(path: path, reason: "everybody may write in \(folder)")
            }
            return
        }
        // The group must be able to reach the socket; folders above are the administrator's to open.
        if let groupID {
            guard chown(own, uid_t.max, groupID) == 0, chmod(own, 0o750) == 0 else { throw .failed(own, "chown") }
        }
    }

    private static func takeLock(_ path: String) throws(RPCListenError) -> Int32 {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .failed(path + ".lock", "open") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno == EWOULDBLOCK ? RPCListenError.inUse(path: path) : .failed(path + ".lock", "flock")
            close(lock)
            throw error
        }
        return lock
    }

    /// Removes a socket nobody answers on; anything else stays.
    private static func removeStale(_ path: String) throws(RPCListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .failed(path, "lstat") }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .unusable(path: path, reason: "it is no socket") }
        let probe = socket(AF_UNIX, streamType, 0)
        guard probe >= 0 else { throw .failed(path, "socket") }
        defer { close(probe) }
        let status2 = withAddress(path) { connect(probe, $0, $1) }
        guard status2 != 0, errno == ECONNREFUSED else { throw .inUse(path: path) }
        guard unlink(path) == 0 || errno == ENOENT else { throw .failed(path, "unlink") }
    }

    private static func bind(_ path: String, groupID: gid_t?) throws(RPCListenError) -> Int32 {
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw .failed(path, "socket") }
        // Linux gives the file the mode of the socket less the umask: it is never wider than this, whatever the umask.
        let mode: mode_t = groupID == nil ? 0o600 : 0o660
        guard fchmod(descriptor, mode) == 0, withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
            let error = errno == EADDRINUSE ? RPCListenError.inUse(path: path) : .failed(path, "bind")
            close(descriptor)
            throw error
        }
        // Nobody can connect before listen: group and mode are right by then.
        let isRight = groupID.map { chown(path, uid_t.max, $0) == 0 } ?? true
        guard isRight, chmod(path, mode) == 0, Glibc.listen(descriptor, 4096) == 0 else {
            let error = RPCListenError.failed(path, "listen")
            unlink(path)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func groupID(_ name: String, _ path: String) throws(RPCListenError) -> gid_t {
        if let number = gid_t(name) { return number }
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw .unusable(path: path, reason: "there is no group \(name)")
        }
        return entry.gr_gid
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

private let streamType =
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

/// Calls `body` with the address of a path that ``SocketPath/check(_:)`` has passed.
private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

extension RPCListenError {
    /// What the last system call said.
    fileprivate static func failed(_ path: String, _ call: String) -> RPCListenError {
        .unusable(path: path, reason: "\(call): \(String(cString: strerror(errno)))")
    }
}
