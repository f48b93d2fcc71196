/// What a connection may do (rpc.md §8), as the daemon announces it.
package struct ConnectionLimits: Codable, Sendable, Equatable, ComponentDescribing {
    package var messageBytes: Int
    package var answerBytes: Int
    package var connections: Int
    package var pendingCalls: Int
    package var runningCalls: Int
    package var subscriptions: Int
    package var outboundMessages: Int
    package var outboundBytes: Int
    package var batch: Int
    package var bookmarkSeconds: Int
    package var stallSeconds: Int
    package var idempotencyHours: Int

    package init(
        messageBytes: Int = 4_194_304,
        answerBytes: Int = 16_777_216,
        connections: Int = 1024,
        pendingCalls: Int = 256,
        runningCalls: Int = 64,
        subscriptions: Int = 256,
        outboundMessages: Int = 1024,
        outboundBytes: Int = 8_388_608,
        batch: Int = 100,
        bookmarkSeconds: Int = 15,
        stallSeconds: Int = 10,
        idempotencyHours: Int = 24
    ) {
        self.messageBytes = messageBytes
        self.answerBytes = answerBytes
        self.connections = connections
        self.pendingCalls = pendingCalls
        self.runningCalls = runningCalls
        self.subscriptions = subscriptions
        self.outboundMessages = outboundMessages
        self.outboundBytes = outboundBytes
        self.batch = batch
        self.bookmarkSeconds = bookmarkSeconds
        self.stallSeconds = stallSeconds
        self.idempotencyHours = idempotencyHours
    }

    package static let schemaName = "ConnectionLimits"
    package static let definition = JSONSchema.record(
        .required("messageBytes", .count, "An inbound message."),
        .required("answerBytes", .count, "An outbound answer."),
        .required("connections", .count, "Connections of this user."),
        .required("pendingCalls", .count, "Calls of a connection, the waiting included."),
        .required("runningCalls", .count, "Calls of a connection that run at once."),
        .required("subscriptions", .count, "Subscriptions of a connection."),
        .required("outboundMessages", .count, "Messages that wait to be written."),
        .required("outboundBytes", .count, "Bytes that wait to be written."),
        .required("batch", .count, "Calls in a batch."),
        .required("bookmarkSeconds", .count, "Time between bookmarks of a quiet stream."),
        .required("stallSeconds", .count, "How long writing may make no progress."),
        .required("idempotencyHours", .count, "How long an idempotency key is remembered.")
    )
}
