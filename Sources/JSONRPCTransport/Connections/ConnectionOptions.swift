import JSONRPC

/// What differs between the ends of sockets and pipes.
struct ConnectionOptions: Sendable {
    /// A method that cancels a call, and the member of its params that names the call.
    struct CancelMethod: Sendable {
        var name: String
        var member: String
    }

    var limits = RPCLimits()
    var inline = InlineTable([:])
    /// The framing when it is not the first byte's to decide.
    var framing: Framing?
    var allowsMoreMembers = false
    var needsVersion = true
    /// The first is the one we send.
    var cancelMethods = [
        CancelMethod(name: "rpc.cancel", member: "id"), CancelMethod(name: "$/cancelRequest", member: "id"),
    ]
    /// Whether calls are still answered when the other side has said that it sends no more (`echo … | nc -U`).
    var servesHalfClosed = true
    /// Whether what had come before the connection was lost is still taken, message by message.
    var takesLastWords = false
    /// Whether a text that cannot be read is read again after ``JSONMending``.
    var mendsText = false
    /// Takes lines that are no messages instead of answering them.
    var onNoise: (@Sendable ([UInt8]) -> Void)?
    /// What a client of another protocol is told beside the reason.
    var wrongProtocolHint: String?
}

/// The methods that are answered from their bytes.
struct InlineTable: Sendable {
    private let entries: [(name: [UInt8], responder: InlineResponder)]

    init(_ responders: [String: InlineResponder]) {
        entries = responders.map { (Array($0.key.utf8), $0.value) }
    }

    func responder(for method: UnsafeBufferPointer<UInt8>) -> InlineResponder? {
        for entry in entries where entry.name.count == method.count {
            if entry.name.withUnsafeBufferPointer({ $0.elementsEqual(method) }) { return entry.responder }
        }
        return nil
    }
}
