import JSONRPC
import JSONRPCTransport
package import Logging
import Synchronization

/// ACP over two descriptors: JSON-RPC 2.0, one message a line, in both directions (acp.md §2).
///
/// Calls may be made before ``run(_:)`` has opened the descriptors; they wait for it.
package final class PipeLink: ACPLink {
    private enum Phase {
        case opening([CheckedContinuation<RPCConnection?, Never>])
        case open(RPCConnection)
        case closed
    }

    private let phase = Mutex(Phase.opening([]))
    private let input: CInt
    private let output: CInt
    private let needsVersion: Bool
    private let onNoise: @Sendable ([UInt8]) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - input: the descriptor messages are read from.
    ///   - output: the descriptor messages are written to.
    ///   - needsVersion: whether the other side's messages say that they are JSON-RPC 2.0.
    ///   - logger: by default nothing is logged.
    ///   - onNoise: told about lines that are no messages, whole.
    package init(
        input: CInt,
        output: CInt,
        needsVersion: Bool = true,
        logger: Logger = Logger(label: "acp") { _ in SwiftLogNoOpLogHandler() },
        onNoise: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) {
        self.input = input
        self.output = output
        self.logger = logger
        self.needsVersion = needsVersion
        self.onNoise = onNoise
    }

    /// Reads and writes until the other side closes, or the task is cancelled.
    package func run(_ receiver: some ACPReceiver) async {
        var options = RPCConnection.PipeOptions()
        options.cancelMethod = ACPMethod.cancelRequest
        options.cancelMember = "requestId"
        options.needsVersion = needsVersion
        options.onNoise = onNoise
        do {
            let connection = try await RPCConnection.overPipe(
                input: input,
                output: output,
                options: options,
                session: PipeSession(receiver: receiver),
                logger: logger
            )
            if settle(.open(connection)) { connection.close() }
            await withTaskCancellationHandler {
                await connection.closed()
            } onCancel: {
                connection.close()
            }
        } catch {
            logger.debug("the pipe could not be opened", metadata: ["error": "\(error)"])
        }
        _ = settle(.closed)
        await receiver.closed()
    }

    /// Enters a phase and wakes who waited for it; true when the link was closed meanwhile.
    private func settle(_ new: Phase) -> Bool {
        let (waiting, wasClosed) = phase.withLock { phase in
            switch phase {
            case .opening(let waiting):
                phase = new
                return (waiting, false)
            case .open:
                phase = new
                return ([], false)
            case .closed: return ([], true)
            }
        }
        let connection: RPCConnection? = if case .open(let connection) = new { connection } else { nil }
        for waiter in waiting { waiter.resume(returning: connection) }
        return wasClosed
    }

    private func connected() async throws(ACPClosed) -> RPCConnection {
        let connection = await withCheckedContinuation { (waiter: CheckedContinuation<RPCConnection?, Never>) in
            let known: RPCConnection?? = phase.withLock { phase in
                switch phase {
                case .opening(let waiting):
                    phase = .opening(waiting + [waiter])
                    return nil
                case .open(let connection): return .some(connection)
                case .closed: return .some(nil)
                }
            }
            if let known { waiter.resume(returning: known) }
        }
        guard let connection else { throw ACPClosed() }
        return connection
    }

    package func call(_ method: String, params: [UInt8]) async throws -> [UInt8] {
        do {
            return try await connected().call(method, params: params)
        } catch let error as RPCError {
            throw ACPError(code: error.code, message: error.message, data: error.data)
        } catch is RPCConnectionClosed {
            throw ACPClosed()
        }
    }

    package func notify(_ method: String, params: [UInt8]) async throws {
        let connection = try await connected()
        while !connection.hasRoom || !connection.notify(method, params: params) {
            guard await connection.room() else {
                try Task.checkCancellation()
                throw ACPClosed()
            }
        }
    }

    /// Closes our side; ``run(_:)`` then returns.
    package func close() {
        let connection = phase.withLock { phase -> RPCConnection? in
            if case .open(let connection) = phase { return connection }
            return nil
        }
        if let connection { connection.close() } else { _ = settle(.closed) }
    }
}

/// Hands what comes over a pipe to its receiver, notifications one after the other before the answers behind them.
private struct PipeSession<Receiver: ACPReceiver>: RPCSession {
    let receiver: Receiver

    func answer(_ call: RPCCall) async throws -> RPCAnswer {
        do {
            let result = try await receiver.answer(call.method, params: call.params)
            return RPCAnswer(result) { receiver.answered(call.method, params: call.params, result: result) }
        } catch {
            throw RPCError(code: error.code, message: error.message, data: error.data)
        }
    }

    func notified(_ notification: RPCNotification) -> NotificationPlan {
        .wait { await receiver.notified(notification.method, params: notification.params) }
    }
}
