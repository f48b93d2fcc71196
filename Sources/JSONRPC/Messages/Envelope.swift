/// The places of the parts of one message in its text.
package struct Envelope: Sendable {
    package enum Kind: Sendable {
        case call, notification
        /// An answer with a result, or with an error, to a call of ours.
        case result, failure
    }

    package var kind: Kind
    /// The id as JSON text; empty for a notification.
    package var id: Range<Int>
    /// The method's name between its quotes; empty for answers.
    package var method: Range<Int>
    package var methodIsEscaped: Bool
    /// The text of params, result or error; empty when params are absent.
    package var content: Range<Int>
}

/// What a text turned out to be.
package enum Reading: Sendable {
    case message(Envelope)
    /// A batch, as the places of its messages (JSON-RPC 2.0 §6).
    case batch([Range<Int>])
    /// No message. The id is there when it could be told.
    case refused(RPCError, id: Range<Int>?)
}
