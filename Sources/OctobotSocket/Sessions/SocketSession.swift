import Glibc
import JSONRPC
import JSONRPCTransport
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

/// One client's connection: plans its calls in their order of arrival, answers them, and owns its subscriptions.
final class SocketSession: RPCSession {
    let server: SocketServer
    let connection: RPCConnection
    let book: SubscriptionBook
    /// Whether the peer is another user than the daemon's.
    let isForeign: Bool

    init(server: SocketServer, connection: RPCConnection) {
        self.server = server
        self.connection = connection
        isForeign = connection.peer.map { $0.uid != geteuid() && $0.uid != 0 } ?? false
        book = SubscriptionBook(limit: server.configuration.limits.subscriptions)
    }

    /// Whom the calls of this connection stand for; login is not built yet.
    var principal: Principal { .anonymous }

    func plan(_ call: RPCCall) -> CallPlan {
        do throws(Fault) {
            switch call.method {
            case RPCPing.name: return .answer(try ping(call))
            case RPCHello.name: return .answer(try hello(call))
            case RPCUnsubscribe.name: return .answer(try unsubscribe(call))
            case RPCDiscover.name:
                _ = try server.table.params(of: RPCDiscover.self, from: call.params)
                return .run()
            default: return try planOperation(call)
            }
        } catch {
            return .refuse(error.rpcError(requestID: RequestID.make()))
        }
    }

    private func planOperation(_ call: RPCCall) throws(Fault) -> CallPlan {
        guard let declaration = server.declaration(of: call.method) else {
            throw server.table.unknownMethod(call.method)
        }
        if call.isInBatch, declaration.stream != nil {
            throw Fault(
                .invalidRequest,
                "'\(call.method)' starts a subscription, which a batch cannot hold.",
                hint: "Send it as a message of its own."
            )
        }
        return .run(
            serialKey: SerialKey.of(call.params, declaration.concurrency),
            outlivesConnection: declaration.isDurable,
            isShort: server.table.isShort(call.method)
        )
    }

    func answer(_ call: RPCCall) async throws -> RPCAnswer {
        let requestID = RequestID.make()
        do throws(Fault) {
            if call.method == RPCDiscover.name { return RPCAnswer(server.discovery) }
            let context = Call(principal: principal, requestID: requestID)
            if server.table.isStream(call.method) { return try await subscribe(call, context) }
            let result = await server.table.call(call.method, params: call.params, call: context)
            return RPCAnswer(context.replay.isReplayed ? Self.marked(try result.get()) : try result.get())
        } catch {
            throw error.rpcError(requestID: requestID)
        }
    }

    /// A result, which is an object, that says it is an earlier call's.
    private static func marked(_ result: [UInt8]) -> [UInt8] {
        let mark = #""_meta":{"replayed":true}}"#
        return result.dropLast() + (result.count > 2 ? "," + mark : mark).utf8
    }

    func notified(_ notification: RPCNotification) -> NotificationPlan {
        if let declaration = server.declaration(of: notification.method), declaration.acceptsNotification {
            return .run(serialKey: SerialKey.of(notification.params, declaration.concurrency))
        }
        let fault =
            server.declaration(of: notification.method) != nil
            ? Fault(
                .invalidRequest,
                "'\(notification.method.prefix(128))' is a call; it came as a notification and was not made.",
                hint: "Send it with an id."
            ) : server.table.unknownMethod(notification.method)
        return .refused(fault.rpcError(requestID: RequestID.make()))
    }

    func drain() {
        let farewell = Goaway(
            reason: "shuttingDown",
            deadlineMilliseconds: Int(server.configuration.drain / .milliseconds(1))
        )
        // Not sent when nothing more fits: such a client learns it from the end of its connection.
        _ = connection.notify(Goaway.method, params: farewell.text)
        book.endAll(.shuttingDown)
    }

    func closed() {
        book.endAll(.disconnected)
    }
}
