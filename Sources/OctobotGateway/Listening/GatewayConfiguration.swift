package import JSONRPCTransport

/// Where the gateway listens, whom it serves and what it puts up with.
package struct GatewayConfiguration: Sendable {
    /// Where connections come from.
    package enum Endpoint: Sendable {
        /// An address of this host; port 0 takes a free one.
        case bind(host: String, port: Int)
        /// A listening socket that was handed over; the gateway owns it from now on.
        case descriptor(Int32)
    }

    package var endpoint: Endpoint
    /// Hosts besides loopback that `Host` may name, with or without a port.
    package var allowedHosts: [String] = []
    /// Origins besides the gateway's own whose pages may use it.
    package var corsOrigins: [String] = []
    package var limits = Limits()
    package var timeouts = Timeouts()
    /// Where connections are counted, perhaps with those of other listeners.
    package var census = ConnectionCensus()

    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// What a request may be.
    package struct Limits: Sendable {
        package var bodyBytes = 1 << 20
        /// For `POST …/chat`, `PUT …/files/write` and `POST …/git/file`.
        package var largeBodyBytes = 16 << 20
        package var headerBytes = 32 << 10
        package var connections = 1024

        package init() {}
    }

    /// How long a client may take.
    package struct Timeouts: Sendable {
        /// From the first byte of a request, or the connection, to the end of its header.
        package var header: Duration = .seconds(10)
        /// From the end of the header to the end of the body.
        package var body: Duration = .seconds(60)
        /// Between requests.
        package var idle: Duration = .seconds(120)
        /// How long an answer may make no progress because the client does not read.
        package var write: Duration = .seconds(60)
        /// How long an event stream may say nothing.
        package var keepAlive: Duration = .seconds(15)
        /// Between pings on a WebSocket; a client that leaves two unanswered is gone.
        package var ping: Duration = .seconds(30)

        package init() {}
    }
}

/// Why the gateway cannot listen.
package enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Somebody else has the port.
    case addressInUse(host: String, port: Int)
    /// The address is not one of this host's, or not allowed.
    case cannotListen(host: String, port: Int, reason: String)
    /// What was handed over is no listening TCP socket.
    case unusableDescriptor(Int32, reason: String)

    package var description: String {
        switch self {
        case .addressInUse(let host, let port): "\(host):\(port) is in use by another program"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        case .unusableDescriptor(let descriptor, let reason): "descriptor \(descriptor) cannot be served: \(reason)"
        }
    }
}
