/// A value that comes once, for one who waits.
struct Promised<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// The first call counts.
    func fulfil(_ value: Value) {
        continuation.yield(value)
        continuation.finish()
    }

    /// The value; `nil` when the waiting task was cancelled first.
    var value: Value? {
        get async {
            for await value in stream { return value }
            return nil
        }
    }
}
