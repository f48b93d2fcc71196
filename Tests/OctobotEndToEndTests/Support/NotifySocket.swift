import CLinux
import Foundation

/// The socket a service manager listens on for sd_notify(3).
final class NotifySocket: Sendable {
    let path: String
    let messages: AsyncStream<String>
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            throw TestDaemon.Failure(description: "bind \(path): \(String(cString: strerror(errno)))")
        }
        let (messages, feed) = AsyncStream<String>.makeStream()
        self.messages = messages
        descriptor = handle
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(handle, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                feed.yield(String(decoding: buffer.prefix(count), as: UTF8.self))
            }
            feed.finish()
        }
    }

    /// Ends ``messages``: an empty datagram is not sent by anybody else.
    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    deinit { Glibc.close(descriptor) }
}
