/// Why nothing can be listened on.
package enum RPCListenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path cannot be one of a socket.
    case path(SocketPathError)
    /// Another process serves the path.
    case inUse(path: String)
    case unusable(path: String, reason: String)
    /// What was handed over is no listening unix socket.
    case descriptor(Int32, reason: String)

    package var description: String {
        switch self {
        case .path(let error): error.description
        case .inUse(let path): "another daemon serves \(path)"
        case .unusable(let path, let reason): "cannot listen on \(path): \(reason)"
        case .descriptor(let descriptor, let reason): "descriptor \(descriptor) cannot be served: \(reason)"
        }
    }
}
