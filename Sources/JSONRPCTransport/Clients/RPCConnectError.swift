/// Why no connection came about.
package enum RPCConnectError: Error, Hashable, Sendable, CustomStringConvertible {
    case path(SocketPathError)
    /// There is no socket, or nobody behind it.
    case nobodyListens(path: String, reason: String)
    /// The socket is there, but not for us.
    case refused(path: String, reason: String)

    package var description: String {
        switch self {
        case .path(let error): error.description
        case .nobodyListens(let path, let reason): "nobody listens on \(path): \(reason)"
        case .refused(let path, let reason): "cannot connect to \(path): \(reason)"
        }
    }
}
