import NIOCore

/// The answers of one batch, in the order of its requests (JSON-RPC 2.0 §6).
///
/// Used on the event loop only.
final class Batch {
    private var answers: [ByteBuffer?]
    private var missing: Int

    /// - Parameter count: how many messages the batch has.
    init(count: Int) {
        answers = Array(repeating: nil, count: count)
        missing = count
    }

    /// Puts in the answer to the message at `index`; `nil` for one that is not answered.
    func put(_ answer: ByteBuffer?, at index: Int) {
        answers[index] = answer
        missing -= 1
    }

    var isComplete: Bool { missing == 0 }

    /// The array of answers; `nil` when none of the messages wanted one.
    func joined() -> ByteBuffer? {
        let present = answers.compactMap(\.self)
        guard !present.isEmpty else { return nil }
        var text = ByteBuffer()
        text.writeInteger(UInt8(ascii: "["))
        for (index, answer) in present.enumerated() {
            if index > 0 { text.writeInteger(UInt8(ascii: ",")) }
            text.writeImmutableBuffer(answer)
        }
        text.writeInteger(UInt8(ascii: "]"))
        return text
    }
}

/// Where an answer goes.
enum ReplyPlace {
    case connection
    case batch(Batch, index: Int)
    /// The request was a notification: only a failure is told, as one of no call.
    case nowhere
}
