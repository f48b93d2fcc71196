import CLinux
import Foundation

/// A listening TCP socket on a free port of 127.0.0.1 that the test keeps, as a service manager would.
final class LoopbackListener: Sendable {
    let descriptor: Int32
    let port: UInt16

    init() throws {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(handle, address, size) == 0, listen(handle, 128) == 0 else { return Int32(-1) }
                return getsockname(handle, address, &size)
            }
        }
        guard status == 0 else {
            throw TestDaemon.Failure(description: "listen on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        descriptor = handle
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
