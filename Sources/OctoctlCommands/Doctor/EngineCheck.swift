import DockerAddress
import Foundation

/// The container engine as far as its socket tells; looked at when no daemon says more.
struct EngineCheck {
    let environment: [String: String]

    private static let name = "container engine"
    private static let spare = "local sandboxes need none"

    var finding: Finding {
        do {
            return Self.finding(try DockerHost.socket(environment: environment))
        } catch {
            return .notice(
                Self.name,
                "\(Self.source(error)), and only unix sockets of this machine are used; \(Self.spare)",
                remedy: "export DOCKER_HOST=unix:///var/run/docker.sock, or unset what names the other."
            )
        }
    }

    private static func source(_ refused: DockerHostRefused) -> String {
        switch refused {
        case .address(let address): "The engine is said to be at \(address)"
        case .context(let name): "Docker's context \(name) names no engine here"
        }
    }

    static func finding(_ socket: String) -> Finding {
        switch connectError(socket) {
        case 0: .fine(name, "listens at \(socket)")
        case ENOENT, ENOTDIR:
            .notice(name, "none at \(socket); \(spare)", remedy: "For Docker sandboxes: sudo apt-get install docker.io")
        case EACCES, EPERM:
            .notice(
                name,
                "\(socket) may not be used by you; \(spare)",
                remedy: "sudo usermod -aG docker \(NSUserName()), then log in again."
            )
        case ECONNREFUSED:
            .notice(name, "nothing listens at \(socket); \(spare)", remedy: "sudo systemctl start docker")
        case let error: .notice(name, "\(socket): \(String(cString: strerror(error))); \(spare)")
        }
    }

    /// 0 when something accepts connections at the socket, else the error of connect(2).
    private static func connectError(_ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // Without waiting: an engine that does not accept is no engine.
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return status == 0 ? 0 : errno
    }
}
