import CLinux
import Foundation
import Synchronization

@testable import OctobotAgentService

/// Asks for something over a connection of its own and reads nothing of the answer.
final class StalledViewer: Sendable {
    private let socket: Mutex<CInt>

    init(_ service: RunningService, _ path: String) throws {
        let connection = CLinux.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        socket = Mutex(connection)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let place = service.base.dropFirst("http+unix://".count).replacing("%2F", with: "/")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: place.utf8) }
        let isConnected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, .init(__sockaddr__: $0), socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        let request = """
            GET \(path) HTTP/1.1\r\nHost: agent\r\nAuthorization: Bearer \(ServiceFixture.secret)\r\n\r\n
            """
        guard isConnected, write(connection, request, request.utf8.count) == request.utf8.count else {
            throw POSIXError(.ENOTCONN)
        }
    }

    func close() {
        let open = socket.withLock { socket in
            defer { socket = -1 }
            return socket
        }
        if open >= 0 { CLinux.close(open) }
    }
}

extension RunningService {
    /// The resident memory of the service.
    var residentBytes: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
            return (Int(line.filter(\.isNumber)) ?? 0) << 10
        }
    }
}
