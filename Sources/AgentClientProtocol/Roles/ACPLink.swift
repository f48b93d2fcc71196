/// What carries ACP to the other side; the same on both sides.
package protocol ACPLink: Sendable {
    /// Sends a request and waits for its result. Throws ``ACPError``, ``ACPClosed`` or `CancellationError`.
    func call(_ method: String, params: [UInt8]) async throws -> [UInt8]

    /// Sends a notification. Throws ``ACPClosed``.
    func notify(_ method: String, params: [UInt8]) async throws
}

/// What takes the other side's messages.
package protocol ACPReceiver: Sendable {
    /// Answers one request; cancelled when the other side no longer wants the answer.
    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8]

    /// The result of a request is queued: what is sent from here on follows it. Must be quick.
    func answered(_ method: String, params: [UInt8], result: [UInt8])

    /// Takes one notification. They come one at a time in the order of arrival, and the next message is read only
    /// when this returns.
    func notified(_ method: String, params: [UInt8]) async

    /// The connection is gone; nothing follows.
    func closed() async
}

extension ACPReceiver {
    package func answered(_ method: String, params: [UInt8], result: [UInt8]) {}
}
