import CLinux
import Foundation

/// The places of the daemon's own files (decision 23).
enum Folders {
    /// Makes what is missing, for this user alone; what is there keeps its mode.
    static func prepare(_ configuration: DaemonConfiguration) throws {
        let places = [
            configuration.stateFolder, configuration.dataFolder, configuration.workspaceFolder,
            (configuration.databasePath as NSString).deletingLastPathComponent,
        ]
        for place in places {
            do {
                try FileManager.default.createDirectory(
                    atPath: place,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            } catch {
                throw ConfigurationError(
                    name: place,
                    problem: "cannot be made (\(error.localizedDescription))",
                    allowed: "a folder this user can write in"
                )
            }
            guard access(place, W_OK | X_OK) == 0 else {
                throw ConfigurationError(
                    name: place,
                    problem: "is not writable",
                    allowed: "a folder this user can write in"
                )
            }
        }
    }

    /// Whether somebody accepts connections on a unix socket.
    static func isServed(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
