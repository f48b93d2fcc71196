import CLinux
import Foundation
import Synchronization

/// A stream socket spoken to line by line, byte by byte if need be: what a stranger's client would do.
package final class LineSocket: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// The lines the other side sends, without their line feeds; ends with the connection.
    package let lines: AsyncStream<[UInt8]>
    private let handle: Handle
    private let isClosed = Mutex(false)

    /// Connects to a unix socket.
    package convenience init(path: String) throws { self.init(try Self.descriptor(path: path)) }

    /// Connects to a TCP port of 127.0.0.1.
    package convenience init(port: UInt16) throws { self.init(try Self.descriptor(port: port)) }

    /// A descriptor connected to a unix socket, the caller's to close.
    package static func descriptor(path: String) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let size = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < size else { throw Failure(description: "path too long: \(path)") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return try descriptor(AF_UNIX, address)
    }

    /// A descriptor connected to a TCP port of 127.0.0.1, the caller's to close.
    package static func descriptor(port: UInt16) throws -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return try descriptor(AF_INET, address)
    }

    private static func descriptor(_ family: Int32, _ address: some BitwiseCopyable) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: \(String(cString: strerror(errno)))") }
        let status = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Failure(description: "connect: \(reason)")
        }
        return descriptor
    }

    private init(_ descriptor: Int32) {
        let (lines, feed) = AsyncStream<[UInt8]>.makeStream()
        self.lines = lines
        let handle = Handle(descriptor: descriptor)
        self.handle = handle
        Thread.detachNewThread {
            var pending: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(handle.descriptor, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                var start = 0
                while let end = chunk[start..<count].firstIndex(of: 0x0A) {
                    pending += chunk[start..<end]
                    feed.yield(pending)
                    pending.removeAll(keepingCapacity: true)
                    start = end + 1
                }
                pending += chunk[start..<count]
            }
            if !pending.isEmpty { feed.yield(pending) }
            feed.finish()
        }
    }

    /// Writes all of `bytes`.
    package func write(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(handle.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "write: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    package func write(_ text: String) throws { try write(text.utf8) }

    /// Says that nothing follows from this side.
    package func finishWriting() { shutdown(handle.descriptor, Int32(SHUT_WR)) }

    /// Ends the connection; ``lines`` ends.
    package func disconnect() {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        if isFirst { shutdown(handle.descriptor, Int32(SHUT_RDWR)) }
    }

    deinit { disconnect() }

    /// Closes the descriptor when neither the reading thread nor the socket uses it any more: its number is given to the
    /// next socket, and the thread must not read from that.
    private final class Handle: Sendable {
        let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }
}
