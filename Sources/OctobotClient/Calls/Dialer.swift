import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotAPI

/// Keeps one connection to the daemon, made when somebody needs it and again when it was lost.
actor Dialer {
    private let endpoint: DaemonEndpoint
    private let greeting: RPCHello.Params
    private let onStart: @Sendable (String) -> Void
    private var current: RPCClient?
    private var dialling: Task<RPCClient, any Error>?
    private var isClosed = false

    /// How long a daemon that was started may take to listen (decision 63).
    static let patience = Duration.seconds(10)

    init(_ endpoint: DaemonEndpoint, greeting: RPCHello.Params, onStart: @escaping @Sendable (String) -> Void) {
        self.endpoint = endpoint
        self.greeting = greeting
        self.onStart = onStart
    }

    /// The connection, made now if there is none.
    ///
    /// - Throws: ``ClientError``, ``Refusal`` when the daemon does not speak our protocol.
    func connection() async throws -> RPCClient {
        if let current { return current }
        guard !isClosed else { throw ClientError.disconnected }
        if let dialling { return try await dialling.value }
        let task = Task { try await dial() }
        dialling = task
        defer { dialling = nil }
        let client = try await task.value
        guard !isClosed else {
            await client.close()
            throw ClientError.disconnected
        }
        current = client
        return client
    }

    /// This connection is of no use any more.
    func drop(_ client: RPCClient) {
        if current === client { current = nil }
        client.connection.close()
    }

    func close() async {
        isClosed = true
        dialling?.cancel()
        if let current { await current.close() }
        current = nil
    }

    private func dial() async throws -> RPCClient {
        let client = try await reach()
        do {
            _ = try await client.call(RPCHello.name, params: JSONCoding.encode(greeting))
            return client
        } catch {
            await client.close()
            throw translated(error)
        }
    }

    private func reach() async throws -> RPCClient {
        var daemon: StartedDaemon?
        let deadline = ContinuousClock.now + Self.patience
        var pause = Duration.milliseconds(5)
        while true {
            do throws(RPCConnectError) {
                return try await RPCClient.connect(toSocket: endpoint.socketPath)
            } catch {
                guard case .nobodyListens(_, let reason) = error else { throw Self.unreachable(error) }
                guard let starter = endpoint.starter else {
                    throw ClientError.unreachable(path: endpoint.socketPath, reason: reason)
                }
                if daemon == nil {
                    onStart(starter.executable ?? "octobotd")
                    daemon = try StartedDaemon(starter)
                }
                if let failure = daemon?.failure() {
                    throw ClientError.notStarted(reason: failure, logFile: starter.logFile)
                }
                guard ContinuousClock.now < deadline else {
                    throw ClientError.notStarted(
                        reason: "nobody listens on \(endpoint.socketPath) after \(Self.patience)",
                        logFile: starter.logFile
                    )
                }
            }
            try await Task.sleep(for: pause)  // ok: a socket that is not there yet tells nothing
            pause = min(pause * 2, .milliseconds(100))
        }
    }
}

extension Dialer {
    private static func unreachable(_ error: RPCConnectError) -> ClientError {
        switch error {
        case .path(let error): .unreachable(path: "the socket", reason: error.description)
        case .nobodyListens(let path, let reason), .refused(let path, let reason):
            .unreachable(path: path, reason: reason)
        }
    }
}

/// What callers see of an error of the transport.
func translated(_ error: any Error) -> any Error {
    switch error {
    case let error as RPCError: Refusal(error)
    case let closed as RPCConnectionClosed: closed.reason.map { Refusal($0) } ?? ClientError.disconnected
    default: error
    }
}
