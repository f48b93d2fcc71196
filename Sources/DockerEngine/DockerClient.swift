import AsyncHTTPClient
import NIOCore
import Synchronization

/// A typed client of the Docker Engine API, version 1.41 and newer, over a unix socket of this machine.
///
/// Every call is bounded in time and size, and throws ``DockerError``. Nothing is connected before the first call.
package final class DockerClient: Sendable {
    /// The engine's unix socket.
    package let socket: String
    let connection: EngineConnection
    private let negotiated = Mutex<DockerVersion?>(nil)

    package init(socket: String) {
        self.socket = socket
        connection = EngineConnection(socket: socket)
    }

    /// The version both sides speak, asked for once and again after the engine was gone.
    ///
    /// - Throws: ``DockerError/versionUnsupported(engine:)`` for an engine older than ``DockerVersion/oldest``.
    package func version() async throws(DockerError) -> DockerVersion {
        if let known = negotiated.withLock({ $0 }) { return known }
        let engine = try await ping().version
        guard engine >= .oldest else { throw .versionUnsupported(engine: engine.description) }
        let version = min(engine, .newest)
        negotiated.withLock { $0 = version }
        return version
    }

    /// Sends a call and collects the answer's body.
    @discardableResult
    func send(_ call: EngineCall) async throws(DockerError) -> EngineConnection.Answer {
        let version = try await version()
        do {
            return try await connection.send(call, version: version)
        } catch {
            throw noted(error)
        }
    }

    /// Sends a call and decodes the answer.
    func send<Value: Decodable>(_ call: EngineCall, as type: Value.Type) async throws(DockerError) -> Value {
        try EngineAnswer.decode(type, from: try await send(call).body)
    }

    /// Sends a call whose answer is read as it comes.
    func open(_ call: EngineCall) async throws(DockerError) -> EngineBytes {
        let version = try await version()
        do {
            return EngineBytes(try await connection.open(call, version: version), of: self)
        } catch {
            throw noted(error)
        }
    }

    /// Forgets the version of an engine that may be another one when it is back.
    func noted(_ error: DockerError) -> DockerError {
        switch error {
        case .engineAbsent, .engineUnreachable, .versionUnsupported: negotiated.withLock { $0 = nil }
        default: break
        }
        return error
    }
}
