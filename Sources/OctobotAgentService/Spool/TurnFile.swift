import Foundation

/// The open file of one turn: appended to, and read at any place.
final class TurnFile: Sendable {
    private let path: String
    private let descriptor: CInt

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Spool.Failure(description: "cannot open \(path): \(errnoText())") }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = errnoText()
                // Half a line would spoil what follows it.
                if written > 0 { try cut(by: written) }
                throw Spool.Failure(description: "cannot write \(path): \(reason)")
            }
            written += count
        }
    }

    private func cut(by count: Int) throws {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= count, ftruncate(descriptor, end - count) == 0 else {
            throw Spool.Failure(description: "cannot repair \(path): \(errnoText())")
        }
    }

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw Spool.Failure(description: "cannot repair \(path): \(errnoText())")
        }
    }

    func sync() throws {
        guard fsync(descriptor) == 0 else { throw Spool.Failure(description: "cannot sync \(path): \(errnoText())") }
    }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let got = pread(
                    descriptor,
                    buffer.baseAddress.map { $0 + count },
                    range.count - count,
                    off_t(range.lowerBound + count)
                )
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw Spool.Failure(description: "cannot read \(path): \(errnoText())") }
                count += got
            }
        }
    }

    func delete() throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw Spool.Failure(description: "cannot delete \(path): \(errnoText())")
        }
    }
}
