import JSONRPC
import JSONText
import NIOCore
import Synchronization

extension RPCConnection {
    /// Calls the other side and gives the text of its result.
    ///
    /// Cancelling the task tells the other side and does not wait for its answer.
    /// - Parameters:
    ///   - onResult: runs on the event loop with the result before any later message is looked at.
    ///   - onLateResult: runs there with a result that came although the call was cancelled.
    /// - Throws: `RPCError`, ``RPCConnectionClosed``, `CancellationError`.
    package func call(
        _ method: String,
        params: [UInt8],
        onResult: (@Sendable ([UInt8]) -> Void)? = nil,
        onLateResult: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws -> [UInt8] {
        let id = state.withLock { state in
            state.nextCall += 1
            return state.nextCall
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refusal: (any Error)? = state.withLock { state in
                    if Task.isCancelled { return CancellationError() }
                    if state.isClosed { return RPCConnectionClosed(reason: state.farewell) }
                    state.calls[id] = OutgoingCall(
                        continuation: continuation,
                        onResult: onResult,
                        onLateResult: onLateResult
                    )
                    return nil
                }
                if let refusal { return continuation.resume(throwing: refusal) }
                let params = ByteBuffer(bytes: params)
                enqueue { buffer in
                    MessageEncoder.request(
                        id: RPCID(id),
                        method: method,
                        params: CollectionOfOne(params.readableBytesView),
                        into: &buffer
                    )
                }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.calls[id]?.continuation
                if state.calls[id]?.onLateResult == nil {
                    state.calls[id] = nil
                } else {
                    state.calls[id]?.continuation = nil
                }
                return continuation
            }
            guard let continuation else { return }
            continuation.resume(throwing: CancellationError())
            guard let cancel = options.cancelMethods.first else { return }
            let params = ByteBuffer(bytes: JSONValue.object([cancel.member: .integer(id)]).serialized())
            enqueue { buffer in
                MessageEncoder.request(
                    id: nil,
                    method: cancel.name,
                    params: CollectionOfOne(params.readableBytesView),
                    into: &buffer
                )
            }
        }
    }

    /// How many calls wait for the other side.
    var outgoingCount: Int { state.withLock { $0.calls.count } }

    /// Takes an answer of the other side.
    ///
    /// One that nobody waits for was cancelled, or never asked for.
    func take(_ answer: Envelope, in text: UnsafeBufferPointer<UInt8>) {
        let content = text[answer.content]
        let failure = answer.kind == .failure ? Self.error(content) : nil
        guard case .integer(let id) = RPCID(text: text[answer.id])?.value else {
            if let failure { state.withLock { $0.farewell = failure } }
            return
        }
        guard let call = state.withLock({ $0.calls.removeValue(forKey: id) }) else { return }
        if let failure {
            call.continuation?.resume(throwing: failure)
            return
        }
        let result = Array(content)
        guard let continuation = call.continuation else {
            call.onLateResult?(result)
            return
        }
        call.onResult?(result)
        continuation.resume(returning: result)
    }

    /// Fails the call whose answer could not be read.
    ///
    /// - Parameter id: the id's text.
    /// - Returns: Whether there is such a call.
    func fail(_ id: Slice<UnsafeBufferPointer<UInt8>>, with error: RPCError) -> Bool {
        guard case .integer(let id) = RPCID(text: id)?.value,
            let call = state.withLock({ $0.calls.removeValue(forKey: id) })
        else { return false }
        let message = "The answer of the other side could not be taken. \(error.message)"
        call.continuation?.resume(throwing: RPCError(code: error.code, message: message, data: error.data))
        return true
    }

    private static func error(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> RPCError {
        let json: JSONValue
        do throws(JSONScanError) {
            json = try JSONValue(parsing: text)
        } catch {
            json = .null
        }
        return RPCError(json: json) ?? RPCError(code: 0, message: "The other side failed without saying how.")
    }
}
