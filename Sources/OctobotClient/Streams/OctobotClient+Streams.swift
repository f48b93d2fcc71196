import JSONRPC
import JSONRPCTransport
package import OctobotAPI

extension OctobotClient {
    /// The events of a project, from wherever `params` says.
    package func events(_ params: SubscribeEvents.Params) -> Subscription<SubscribeEvents> {
        Subscription(client: self, params: params)
    }

    /// The chat log of a session, from wherever `params` says.
    package func chat(_ params: SubscribeChat.Params) -> Subscription<SubscribeChat> {
        Subscription(client: self, params: params)
    }

    /// The output of a terminal, from wherever `params` says.
    package func terminal(_ params: SubscribeTerminal.Params) -> Subscription<SubscribeTerminal> {
        Subscription(client: self, params: params)
    }

    /// Any stream, as JSON text; it ends with its connection.
    ///
    /// - Throws: ``Refusal``, ``ClientError``.
    package func stream(_ method: String, params: [UInt8]) async throws -> RawSubscription {
        let connection = try await dialer.connection()
        do {
            return RawSubscription(try await connection.subscribe(method, params: params))
        } catch {
            if error is RPCConnectionClosed { await dialer.drop(connection) }
            throw translated(error)
        }
    }
}

/// The notifications of one subscription, as they come.
package struct RawSubscription: AsyncSequence, Sendable {
    /// The answer to the subscribe call.
    package var answer: [UInt8] { subscription.answer }
    private let subscription: RPCSubscription

    init(_ subscription: RPCSubscription) { self.subscription = subscription }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: RPCSubscription.AsyncIterator

        /// The params of the next notification.
        package mutating func next() async throws -> [UInt8]? {
            do {
                return try await base.next()
            } catch {
                throw translated(error)
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: subscription.makeAsyncIterator()) }
}

/// Params that say where in a log to start.
package protocol Resumable {
    var from: StartPosition? { get set }
}

extension SubscribeEvents.Params: Resumable {}
extension SubscribeChat.Params: Resumable {}
extension SubscribeTerminal.Params: Resumable {}
