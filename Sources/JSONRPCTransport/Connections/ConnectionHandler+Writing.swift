import JSONRPC
import Logging
import NIOCore
import Synchronization

extension ConnectionHandler {
    /// Answers on the loop with a result.
    func succeed(_ id: UnsafeBufferPointer<UInt8>, _ result: UnsafeBufferPointer<UInt8>, to place: ReplyPlace) {
        guard case .connection = place else {
            var body = ByteBuffer()
            MessageEncoder.result(id: id, result, into: &body)
            return complete(place, body)
        }
        answerCount += 1
        encoder.frame(into: &answers) { MessageEncoder.result(id: id, result, into: &$0) }
    }

    /// Answers on the loop with an error; without an id when it cannot be told.
    func fail(_ id: UnsafeBufferPointer<UInt8>?, _ error: RPCError, to place: ReplyPlace) {
        var body = ByteBuffer()
        if let id {
            MessageEncoder.failure(id: id, error, into: &body)
        } else {
            MessageEncoder.failure(id: EmptyCollection(), error, into: &body)
        }
        complete(place, body)
    }

    /// Puts an answer where it belongs; `nil` for a message that gets none.
    func complete(_ place: ReplyPlace, _ body: ByteBuffer?) {
        switch place {
        case .connection:
            guard let body else { return }
            answerCount += 1
            encoder.frame(into: &answers) { $0.writeImmutableBuffer(body) }
        case .batch(let batch, let index):
            batch.put(body, at: index)
            guard batch.isComplete, let whole = batch.joined() else { return }
            connection.enqueue { $0.writeImmutableBuffer(whole) }
        case .nowhere: break
        }
    }

    /// Writes the answers given on the loop: straight to the channel when nothing waits before them.
    func push() {
        guard answers.readableBytes > 0, let context else { return }
        let bytes = answers
        let count = answerCount
        answers = ByteBuffer()
        answerCount = 0
        let mayWrite = connection.state.withLock { $0.outbox.isEmpty } && context.channel.isWritable
        if mayWrite {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        } else {
            connection.state.withLock { $0.outbox.append(messages: count) { $0.writeImmutableBuffer(bytes) } }
            flush()
        }
    }

    /// Hands what is queued to the channel, as much as it takes.
    func flush() {
        connection.state.withLock { $0.isFlushScheduled = false }
        guard !isFlushing, !isGone, let context else { return }
        isFlushing = true
        var isEmpty = false
        while context.channel.isWritable, !isGone {
            guard let piece = connection.state.withLock({ $0.outbox.next() }) else {
                isEmpty = true
                break
            }
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenSuccess { [weak self] in self?.lastProgress = .now() }
            context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
        }
        isFlushing = false
        guard !isGone else { return }
        watchStall(context)
        if isEmpty || connection.hasRoom {
            connection.wakeWaiters()
            readMore()
        }
        closeIfDone()
    }

    /// Closes a connection whose writing has made no progress for the limit.
    func watchStall(_ context: ChannelHandlerContext) {
        guard !context.channel.isWritable else {
            stall?.cancel()
            stall = nil
            return
        }
        guard stall == nil else { return }
        lastProgress = .now()
        watchStall(again: TimeAmount(options.limits.stall))
    }

    private func watchStall(again amount: TimeAmount) {
        guard let context else { return }
        stall = context.eventLoop.assumeIsolated().scheduleTask(in: amount) { [weak self] in
            guard let self, let context = self.context else { return }
            let rest = self.lastProgress + TimeAmount(self.options.limits.stall) - .now()
            if rest > .nanoseconds(0) {
                self.watchStall(again: rest)
            } else {
                self.connection.logger.debug("connection closed: the client does not read")
                context.close(promise: nil)
            }
        }
    }
}

// MARK: Ending

extension ConnectionHandler {
    /// Begins the graceful stop: what runs may end, nothing new begins.
    func drain() {
        guard !isDraining, !isGone else { return }
        isDraining = true
        session?.drain()
        after(TimeAmount(options.limits.drain)) { handler in
            handler.abandonCalls(all: true)
            handler.after(.seconds(1)) { $0.context?.close(promise: nil) }
        }
        closeIfDone()
    }

    /// Ends the connection when what is queued has been written.
    func close() {
        guard !closeIsWanted, !isGone else { return }
        closeIsWanted = true
        abandonCalls()
        closeIfDone()
    }

    /// Closes when there is a reason to and nothing is left to do.
    func closeIfDone() {
        guard !isClosing, !isGone, inputIsDone || isDraining || closeIsWanted, let context else { return }
        let (isWritten, isHeld) = connection.state.withLock { ($0.outbox.isEmpty, $0.holds > 0) }
        guard isWritten, answers.readableBytes == 0 else { return }
        let isAtOnce = closeIsWanted || (inputIsDone && !options.servesHalfClosed)
        guard isAtOnce || (ledger.isEmpty && !isHeld) else { return }
        isClosing = true
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }
}
