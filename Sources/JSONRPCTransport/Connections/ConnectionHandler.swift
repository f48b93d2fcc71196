import JSONRPC
import Logging
import NIOCore
import Synchronization

/// The event loop's side of a connection: cuts, reads and dispatches what comes, writes what goes.
///
/// Reading is by hand (`autoRead` is off): it pauses while a notification is waited for and while too much waits to be
/// written. The files beside this one have the calls and the writing.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let connection: RPCConnection
    let options: ConnectionOptions
    private let accept: AcceptConnection
    private let onGone: @Sendable (RPCConnection) -> Void
    var session: (any RPCSession)?
    var context: ChannelHandlerContext?

    private var framer: MessageFramer
    var reader: EnvelopeReader
    var ledger: CallLedger<OpenCall>
    /// Answers given on the loop, written when the read is done.
    var answers = ByteBuffer()
    var answerCount = 0
    /// How many notifications were served like calls.
    var served: Int64 = 0
    /// Tasks that will come back to the loop.
    var taskCount = 0
    /// A short call runs on the loop.
    var isInShortCall = false
    /// Messages are being taken; what they are answered with at once is pushed after the last of them.
    private(set) var isProcessing = false

    var encoder = MessageEncoder()
    private var framingIsKnown = false
    private var isReading = false
    /// A notification is waited for.
    private var isPaused = false
    /// The owner of the connection takes no more for now.
    private var isHeldBack = false
    private var pause: Task<Void, Never>?
    /// What else is to be waited for before reading goes on.
    private var waits: [@Sendable () async -> Void] = []
    private var inputHasEnded = false
    var inputIsDone = false
    /// What comes is thrown away: the client was refused.
    private var isRefused = false
    var isDraining = false
    var closeIsWanted = false
    var isClosing = false
    var isGone = false
    var isFlushing = false
    var lastProgress = NIODeadline.now()
    var stall: Scheduled<Void>?
    private var timers: [Scheduled<Void>] = []

    /// - Parameter onGone: told that the channel is gone, before the session is.
    init(
        connection: RPCConnection,
        onGone: @escaping @Sendable (RPCConnection) -> Void = { _ in },
        accept: @escaping AcceptConnection
    ) {
        self.connection = connection
        self.onGone = onGone
        self.accept = accept
        options = connection.options
        framer = MessageFramer(limit: options.limits.messageBytes, framing: options.framing)
        reader = EnvelopeReader(
            batchLimit: options.limits.batch,
            allowsMoreMembers: options.allowsMoreMembers,
            needsVersion: options.needsVersion
        )
        ledger = CallLedger(openLimit: options.limits.pendingCalls, runningLimit: options.limits.runningCalls)
        if let framing = options.framing {
            encoder.framing = framing
            framingIsKnown = true
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.loopSide.value = self
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    private func begin() {
        guard session == nil, !isRefused else { return }
        do throws(RPCError) {
            session = try accept(connection)
            readMore()
        } catch {
            refuse(error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        framer.append(unwrapInboundIn(data))
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        push()
        readMore()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            inputHasEnded = true
            if isRefused { return context.close(promise: nil) }
            process()
            push()
            closeIfDone()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        watchStall(context)
        flush()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isGone = true
        for timer in timers { timer.cancel() }
        stall?.cancel()
        pause?.cancel()
        abandonCalls()
        connection.shutDown()
        onGone(connection)
        session?.closed()
        endIfDone()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that never became active ends here.
        isGone = true
        connection.shutDown()
        endIfDone()
    }

    /// The connection has ended when the channel is gone and every task has come back.
    func endIfDone() {
        guard isGone, taskCount == 0 else { return }
        connection.loopSide.value = nil
        context = nil
        connection.end.succeed()
    }
}

// MARK: Reading

extension ConnectionHandler {
    /// Takes what has come, as far as it is complete.
    func process() {
        isProcessing = true
        defer { isProcessing = false }
        while !isPaused, !isRefused, !isGone || options.takesLastWords, let event = framer.next() { take(event) }
        guard inputHasEnded, !inputIsDone, !isPaused, !isRefused, !isGone else { return }
        if let event = framer.finish() { take(event) }
        inputIsDone = !isPaused
    }

    private func take(_ event: MessageFramer.Event) {
        switch event {
        case .message(let message):
            answerInKind()
            message.withUnsafeReadableBytes { read($0.bindMemory(to: UInt8.self)) }
        case .tooLong(let head):
            answerInKind()
            head.withUnsafeReadableBytes { head in
                let head = head.bindMemory(to: UInt8.self)
                let error = RPCError.requestTooLarge(limit: options.limits.messageBytes)
                refuse(error, reader.id(inHead: head), head, to: .connection)
            }
        case .wrongProtocol(let reason):
            refuse(.parseError(reason, hint: options.wrongProtocolHint))
        }
    }

    /// Writes in the framing of the first message.
    private func answerInKind() {
        guard !framingIsKnown, let framing = framer.framing else { return }
        framingIsKnown = true
        encoder.framing = framing
        connection.state.withLock { $0.encoder.framing = framing }
    }

    /// Asks for more bytes unless something says to wait.
    func readMore() {
        guard !isReading, !isPaused, !isHeldBack || connection.outgoingCount > 0, !inputHasEnded, !isGone else {
            return
        }
        let limits = options.limits
        let isFull = connection.state.withLock {
            $0.outbox.byteCount > limits.outboundBytes / 8 || $0.outbox.messageCount > limits.outboundMessages
        }
        guard !isFull || isRefused else { return }
        isReading = true
        context?.read()
    }

    /// Reads nothing until `body` has returned; several, of one batch, run one after the other.
    func wait(for body: @escaping @Sendable () async -> Void) {
        guard !isPaused else { return waits.append(body) }
        isPaused = true
        taskCount += 1
        guard let loop = context?.eventLoop else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        pause = Task {
            await body()
            loop.execute { bound.value.goOn() }
        }
    }

    private func goOn() {
        taskCount -= 1
        isPaused = false
        pause = nil
        if !waits.isEmpty, !isGone || options.takesLastWords { return wait(for: waits.removeFirst()) }
        guard !isGone else {
            if options.takesLastWords { process() }
            return endIfDone()
        }
        process()
        push()
        readMore()
        closeIfDone()
    }

    func setHeldBack(_ value: Bool) {
        isHeldBack = value
        readMore()
    }

    /// Says one line, and closes once the client has had the time to read it.
    ///
    /// Closing at once with unread input would make the client's next write fail before it has read the reason.
    private func refuse(_ error: RPCError) {
        guard let context else { return }
        isRefused = true
        fail(nil, error, to: .connection)
        push()
        context.close(mode: .output, promise: nil)
        after(.seconds(1)) { $0.context?.close(promise: nil) }
        readMore()
    }

    func after(_ amount: TimeAmount, _ body: @escaping (ConnectionHandler) -> Void) {
        guard let context else { return }
        timers.append(
            context.eventLoop.assumeIsolated().scheduleTask(in: amount) { [weak self] in
                if let self, !self.isGone { body(self) }
            }
        )
    }
}
