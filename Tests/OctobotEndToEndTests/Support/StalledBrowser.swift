import CLinux
import Foundation

/// A browser with a terminal's WebSocket that reads only when it is told to.
final class StalledBrowser {
    struct Failure: Error {}

    private var descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16, path: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size: Int32 = 8192
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure() }
        try send(
            Array(
                """
                GET \(path) HTTP/1.1\r
                Host: 127.0.0.1:\(port)\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                \r

                """.utf8
            )
        )
        while !received.suffix(4).elementsEqual("\r\n\r\n".utf8) { try receive(1) }
        guard String(decoding: received, as: UTF8.self).hasPrefix("HTTP/1.1 101 ") else { throw Failure() }
        received = []
    }

    func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Sends an input message of at most 125 bytes less its JSON.
    func type(_ text: String) throws {
        let message = try JSONEncoder().encode(["type": "input", "data": text])
        guard message.count < 126 else { throw Failure() }
        // With a mask of zeros the payload is as it is.
        try send([0x81, 0x80 | UInt8(message.count), 0, 0, 0, 0] + Array(message))
    }

    /// Reads on until these bytes have come; `false` when the connection ended before.
    func readUntil(_ text: String) throws -> Bool {
        let wanted = Array(text.utf8)
        while true {
            do {
                try receive(64 << 10)
            } catch {
                return false
            }
            if received.count > 1 << 16 { received.removeFirst(received.count - (1 << 12)) }
            if String(decoding: received, as: UTF8.self).contains(String(decoding: wanted, as: UTF8.self)) {
                return true
            }
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure() }
    }

    private func receive(_ most: Int) throws {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = read(descriptor, &buffer, most)
        guard count > 0 else { throw Failure() }
        received += buffer[..<count]
    }
}
