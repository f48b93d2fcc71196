import JSONRPC
import JSONRPCTransport
import JSONText
package import OctobotAPI

/// The daemon, as another process sees it: typed calls and streams over its socket.
///
/// It is connected when it is needed and again after the connection was lost; streams continue at their cursor.
package final class OctobotClient: Sendable {
    let dialer: Dialer

    private init(_ endpoint: DaemonEndpoint, greeting: RPCHello.Params, onStart: @escaping @Sendable (String) -> Void) {
        dialer = Dialer(endpoint, greeting: greeting, onStart: onStart)
    }

    /// Connects, starting the daemon when nobody listens and the endpoint says how; closes when `body` ends.
    ///
    /// - Parameters:
    ///   - name: The calling program, and its version.
    ///   - dialsFirst: Whether it connects before `body` runs; else its first call does.
    ///   - onStart: Told the program that is being started, before it is.
    /// - Throws: ``ClientError`` when there is no daemon, ``Refusal`` when it speaks another protocol.
    package static func with<Result>(
        _ endpoint: DaemonEndpoint,
        name: String = "octoctl",
        version: String? = nil,
        dialsFirst: Bool = true,
        onStart: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (OctobotClient) async throws -> Result
    ) async throws -> Result {
        let greeting = RPCHello.Params(
            client: RPCHello.Client(name: name, version: version),
            protocol: RPCHello.ProtocolRange(minimum: 1, maximum: 1)
        )
        let client = OctobotClient(endpoint, greeting: greeting, onStart: onStart)
        do {
            if dialsFirst { _ = try await client.dialer.connection() }
            let result = try await body(client)
            await client.dialer.close()
            return result
        } catch {
            await client.dialer.close()
            throw error
        }
    }

    /// Makes a call.
    ///
    /// An operation that is idempotent, or has an idempotency key, is repeated once when its connection breaks. When the
    /// task is cancelled the daemon is told, and a durable operation goes on there.
    ///
    /// - Throws: ``Refusal``, ``ClientError``, `CancellationError`.
    package func call<Declaration: Operation>(
        _ operation: Declaration.Type,
        _ params: Declaration.Params,
        _ options: CallOptions = CallOptions()
    ) async throws -> Declaration.Result {
        let text = try options.applied(to: try JSONCoding.encode(params))
        let repeats = Declaration.isIdempotent || options.idempotencyKey != nil
        let result = try await call(Declaration.name, params: text, repeats: repeats)
        do {
            return try JSONCoding.decode(Declaration.Result.self, from: result)
        } catch {
            throw ClientError.unreadable("the result of \(Declaration.name): \(error)")
        }
    }

    /// Makes a call without params.
    package func call<Declaration: Operation>(
        _ operation: Declaration.Type
    ) async throws -> Declaration.Result where Declaration.Params == Empty {
        try await call(operation, Empty())
    }

    /// Makes any call; params and result are JSON text that nothing on this side checks.
    package func call(_ method: String, params: [UInt8]) async throws -> [UInt8] {
        try await call(method, params: params, repeats: Operations.named(method)?.isIdempotent ?? false)
    }

    private func call(_ method: String, params: [UInt8], repeats: Bool) async throws -> [UInt8] {
        var mayRepeat = repeats
        while true {
            let connection = try await dialer.connection()
            do {
                return try await connection.call(method, params: params)
            } catch is RPCConnectionClosed {
                await dialer.drop(connection)
                guard mayRepeat else { throw ClientError.disconnected }
                mayRepeat = false
            } catch {
                throw translated(error)
            }
        }
    }

    /// All items of a list, page after page.
    ///
    /// - Parameter params: The params of the page that `cursor` starts; `nil` means the first.
    package func pages<Declaration: Operation, Item>(
        _ operation: Declaration.Type,
        _ params: (_ cursor: String?) -> Declaration.Params
    ) async throws -> [Item] where Declaration.Result == Page<Item> {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let page = try await call(operation, params(cursor))
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }
}
