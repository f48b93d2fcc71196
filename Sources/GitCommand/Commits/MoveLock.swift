import Dispatch
import Foundation

/// A lock on one work tree that lives as long as any process that inherited it.
///
/// The processes of a move have the locked file as standard output and error: whoever gets the lock knows that none of
/// them is left, whatever became of the daemon that started them.
final class MoveLock: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Takes the lock, waiting for the processes of an earlier move to end; empties the file.
    ///
    /// - Parameter folder: Where the locked files lie.
    static func take(for workTree: String, in folder: String) async throws(GitError) -> MoveLock {
        let path = folder + "/" + name(of: workTree)
        let result = await withCheckedContinuation { continuation in
            // Waiting blocks a thread, so not one of the cooperative pool.
            DispatchQueue.global().async { continuation.resume(returning: lock(path)) }
        }
        guard result >= 0 else { throw .fileSystem("cannot lock \(path): \(String(cString: strerror(-result)))") }
        return MoveLock(descriptor: result)
    }

    deinit { close(descriptor) }

    /// What the processes wrote.
    var text: String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    /// The first thing they complained about.
    var complaint: String { GitOutput(status: 1, bytes: [], errors: text, isTruncated: false).complaint }

    private static func lock(_ path: String) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return -errno }
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            return -code
        }
        ftruncate(descriptor, 0)
        return descriptor
    }

    /// FNV-1a of the path; two paths with one name only wait for each other.
    private static func name(of workTree: String) -> String {
        let hash = workTree.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
