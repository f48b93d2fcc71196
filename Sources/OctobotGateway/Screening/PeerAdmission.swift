package import NIOCore
import NIOPosix

/// Decides at accept whether a TCP client is served at all.
package protocol PeerAdmission: Sendable {
    /// Whether the program behind a connection may talk to the gateway. `local` is the gateway's end.
    func admits(local: SocketAddress, remote: SocketAddress) async -> Bool
}

/// While login is off: programs of the daemon's own user and of root, and nobody else (decision 59).
///
/// TCP carries no credentials, but a loopback connection has both ends on this machine, and the kernel's socket tables
/// name the owner of the client's end (proc_pid_net(5)).
package struct SameUserPeers: PeerAdmission {
    private let users: Set<UInt32>
    private let folder: String

    /// - Parameters:
    ///   - users: Whose programs are served besides root's.
    ///   - folder: Where the socket tables are.
    package init(users: Set<UInt32>, folder: String = "/proc/self/net") {
        self.users = users.union([0])
        self.folder = folder
    }

    package func admits(local: SocketAddress, remote: SocketAddress) async -> Bool {
        guard let client = SocketTable.Endpoint(remote), let own = SocketTable.Endpoint(local) else { return false }
        do {
            let folder = folder
            let owner = try await NIOThreadPool.singleton.runIfActive {
                // The table may change between two pages of it, so one look is not enough to say no.
                for name in ["tcp", "tcp6", "tcp", "tcp6"] {
                    guard let table = SocketTable(contentsOfFile: "\(folder)/\(name)") else { continue }
                    if let owner = table.owner(local: client, remote: own) { return UInt32?.some(owner) }
                }
                return nil
            }
            return owner.map(users.contains) ?? false
        } catch {
            // The process is ending; nobody new is served.
            return false
        }
    }
}
