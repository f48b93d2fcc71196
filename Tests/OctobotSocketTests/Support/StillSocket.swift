import Foundation

/// A client that reads only when it is told to.
final class StillSocket: Sendable {
    struct Failure: Error {
        var description: String
    }

    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }

    func write(_ text: String) throws {
        let count = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == text.utf8.count else { throw Failure(description: "write") }
    }

    /// The next `count` lines, fewer when the connection ends before.
    func lines(_ count: Int) async throws -> [[UInt8]] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [descriptor] in
                var lines: [[UInt8]] = []
                var pending: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 1 << 16)
                while lines.count < count {
                    let received = read(descriptor, &chunk, chunk.count)
                    guard received > 0 else { break }
                    var start = 0
                    while let end = chunk[start..<received].firstIndex(of: 0x0A) {
                        lines.append(pending + chunk[start..<end])
                        pending.removeAll(keepingCapacity: true)
                        start = end + 1
                    }
                    pending += chunk[start..<received]
                }
                continuation.resume(returning: lines)
            }
        }
    }

    deinit { close(descriptor) }
}
