package import JSONRPC

/// Serves the messages of one connection.
///
/// Everything but ``answer(_:)`` runs on the connection's event loop, in the order of arrival, and must be quick. The
/// transport unpacks batches, handles cancellation, keeps the limits, and sees to it that every call is answered once.
package protocol RPCSession: Sendable {
    /// Says how a call is to be answered, before any task exists for it.
    func plan(_ call: RPCCall) -> CallPlan

    /// Answers a call whose plan was to run.
    ///
    /// Its task is cancelled by the client's cancel request, and when the connection ends unless the plan says otherwise.
    /// An `RPCError` is sent as it is, `CancellationError` as −32800; any other error is logged and becomes −32603.
    func answer(_ call: RPCCall) async throws -> RPCAnswer

    func notified(_ notification: RPCNotification) -> NotificationPlan

    /// What is wrong with the params of a cancel request, beyond the id it must have.
    func refusal(ofCancelling params: [UInt8]) -> RPCError?

    /// A graceful stop has begun: no new calls come. The connection ends when the calls have and nothing holds it.
    func drain()

    /// The connection is gone. The tasks of calls may still be ending.
    func closed()
}

extension RPCSession {
    package func plan(_ call: RPCCall) -> CallPlan { .run() }

    package func answer(_ call: RPCCall) async throws -> RPCAnswer { throw RPCError.methodNotFound(call.method) }

    package func refusal(ofCancelling params: [UInt8]) -> RPCError? { nil }

    package func notified(_ notification: RPCNotification) -> NotificationPlan {
        .refused(.methodNotFound(notification.method))
    }

    package func drain() {}

    package func closed() {}
}

/// Gives the session of a connection, or refuses the client with one line; runs on the connection's event loop.
package typealias AcceptConnection = @Sendable (RPCConnection) throws(RPCError) -> any RPCSession

/// How a call is to be answered.
package enum CallPlan: Sendable {
    /// By ``RPCSession/answer(_:)`` in a task of its own.
    ///
    /// Calls with the same key run one after the other in the order they came. A call that outlives its connection is not
    /// cancelled when the connection ends. A short one keeps no thread longer than a read of one row does: it begins on the
    /// event loop, and ends there unless it has to wait for something, which saves the way to another thread and back.
    case run(serialKey: String? = nil, outlivesConnection: Bool = false, isShort: Bool = false)
    /// At once, without leaving the event loop.
    case answer(RPCAnswer)
    case refuse(RPCError)
}

/// What became of a notification.
package enum NotificationPlan: Sendable {
    case taken
    /// It is served as a call that nobody waits for: by ``RPCSession/answer(_:)``, in order with the calls of the same key,
    /// within the same limits. The other side learns of its failure by `rpc.error`.
    case run(serialKey: String?)
    /// It is not accepted; the other side learns so by `rpc.error` (rpc.md §3).
    case refused(RPCError)
    /// The next message is read when this returns.
    case wait(@Sendable () async -> Void)
}

/// A result.
package struct RPCAnswer: Sendable {
    /// JSON text.
    package var result: [UInt8]
    /// Runs once the answer is queued: what is sent from here on follows it.
    package var afterwards: (@Sendable () -> Void)?

    package init(_ result: [UInt8], afterwards: (@Sendable () -> Void)? = nil) {
        self.result = result
        self.afterwards = afterwards
    }
}

/// Answers a call from the bytes of its params (`{}` when it has none; valid only during the call) without anything else
/// being decoded or started; `nil` sends the call the ordinary way.
package typealias InlineResponder = @Sendable (UnsafeBufferPointer<UInt8>) -> [UInt8]?
