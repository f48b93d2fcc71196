import Dispatch
import Foundation

/// Reads a descriptor as fast as it is taken, and stops when its task is cancelled: a read that blocks cannot be.
final class InputReader: Sendable {
    private let descriptor: Int32
    /// Written to wake the reading thread.
    private let wake: (read: Int32, write: Int32)
    private let queue = DispatchQueue(label: "octoctl.input")

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.read)
        close(wake.write)
    }

    /// The next bytes; `nil` at the end of the input.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> [UInt8]? {
        let bytes = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: self.read()) }
            }
        } onCancel: {
            _ = Foundation.write(wake.write, [UInt8(0)], 1)
        }
        try Task.checkCancellation()
        return bytes
    }

    private func read() -> [UInt8]? {
        var watched = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&watched, nfds_t(watched.count), -1) < 0 {
            guard errno == EINTR else { return nil }
        }
        guard watched[1].revents == 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count > 0 { return Array(buffer[..<count]) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return nil
        }
    }
}
