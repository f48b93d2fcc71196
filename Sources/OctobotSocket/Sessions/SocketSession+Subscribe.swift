import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

extension SocketSession {
    /// Opens a stream; its first notification is made only after the answer is queued (rpc.md §5).
    func subscribe(_ call: RPCCall, _ context: Call) async throws(Fault) -> RPCAnswer {
        let name = try book.reserve()
        let stream: OpenedStream
        do throws(Fault) {
            stream = try await server.table.open(call.method, params: call.params, call: context).get()
        } catch {
            book.remove(name)
            throw error
        }
        let subscription = Subscription(
            name: name,
            method: stream.notification,
            reader: stream.reader,
            connection: connection,
            alarm: QuietAlarm.make(
                after: .seconds(server.configuration.limits.bookmarkSeconds),
                on: server.clock
            ),
            logger: server.logger,
            requestID: context.requestID
        ) { [book] in book.remove(name) }
        let answer = JSONValue.object([
            "subscription": .string(name), "cursor": .string(stream.reader.cursor), "head": .string(stream.reader.head),
        ])
        return RPCAnswer(answer.serialized()) { [self] in start(subscription) }
    }

    private func start(_ subscription: Subscription) {
        guard book.add(subscription) else { return }
        connection.hold()
        if case .terminated = server.subscriptions.yield(subscription) {
            // The service has ended; nobody runs subscriptions any more.
            book.remove(subscription.name)
            connection.release()
        }
    }
}
