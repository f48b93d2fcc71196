import JSONRPC
import JSONText
import Logging
import NIOCore

/// A call that is open, and what will end it.
final class OpenCall {
    let call: RPCCall
    let place: ReplyPlace
    let isShort: Bool
    var task: Task<Void, Never>?

    init(_ call: RPCCall, _ place: ReplyPlace, isShort: Bool) {
        self.call = call
        self.place = place
        self.isShort = isShort
    }
}

extension ConnectionHandler {
    /// Reads one message or batch.
    func read(_ text: UnsafeBufferPointer<UInt8>) {
        let reading = reader.read(text)
        if options.mendsText, case .refused(let error, _) = reading, error.code == RPCError.parseErrorCode {
            let pieces = JSONPieces.objects(of: text)
            guard pieces.isEmpty else {
                for piece in pieces { read(UnsafeBufferPointer(rebasing: text[piece])) }
                return
            }
            JSONMending.mend(text).withUnsafeBufferPointer { take(reader.read($0), $0) }
        } else {
            take(reading, text)
        }
    }

    private func take(_ reading: Reading, _ text: UnsafeBufferPointer<UInt8>) {
        switch reading {
        case .message(let envelope): dispatch(envelope, text, to: .connection)
        case .batch(let places):
            let batch = Batch(count: places.count)
            for (index, place) in places.enumerated() {
                let element = UnsafeBufferPointer(rebasing: text[place])
                let reply = ReplyPlace.batch(batch, index: index)
                switch reader.readElement(element) {
                case .message(let envelope): dispatch(envelope, element, to: reply)
                case .refused(let error, let id): refuse(error, id, element, to: reply)
                case .batch: refuse(.invalidRequest("A batch has no batches inside."), nil, element, to: reply)
                }
            }
        case .refused(let error, let id): refuse(error, id, text, to: .connection)
        }
    }

    /// Refuses what could not be read: an answer fails its call, noise is handed over, the rest is answered.
    func refuse(
        _ error: RPCError,
        _ id: Range<Int>?,
        _ text: UnsafeBufferPointer<UInt8>,
        to place: ReplyPlace
    ) {
        var id = id
        if options.onNoise != nil || connection.outgoingCount > 0 {
            let remains = MessageRemains(of: text)
            if !remains.isCall, let id = remains.id, connection.fail(text[id], with: error) {
                return complete(place, nil)
            }
            if let onNoise = options.onNoise {
                // Who has asked something here waits for an answer; an answer is never answered.
                id = id ?? remains.id.flatMap { RPCID(text: text[$0]) == nil ? nil : $0 }
                guard remains.isCall, id != nil else {
                    onNoise(Array(text))
                    return complete(place, nil)
                }
            }
        }
        fail(id.map { UnsafeBufferPointer(rebasing: text[$0]) }, error, to: place)
    }

    private func dispatch(_ envelope: Envelope, _ text: UnsafeBufferPointer<UInt8>, to place: ReplyPlace) {
        switch envelope.kind {
        case .call: call(envelope, text, to: place)
        case .notification:
            notified(envelope, text)
            complete(place, nil)
        case .result, .failure:
            connection.take(envelope, in: text)
            complete(place, nil)
        }
    }

    private func call(_ envelope: Envelope, _ text: UnsafeBufferPointer<UInt8>, to place: ReplyPlace) {
        let id = UnsafeBufferPointer(rebasing: text[envelope.id])
        if let result = inlineResult(envelope, text, id: id) {
            return result.withUnsafeBufferPointer { succeed(id, $0, to: place) }
        }
        guard let callID = RPCID(text: id) else { return }
        let method = Self.method(envelope, text)
        let params = Self.params(envelope, text)
        if let cancel = options.cancelMethods.first(where: { $0.name == method }) {
            switch cancelled(cancel, params) {
            case .success(let target):
                if let target { self.cancel(target) }
                succeed(id, Self.emptyObject, to: place)
            case .failure(let error): fail(id, error, to: place)
            }
            return
        }
        guard !isDraining, let session else { return fail(id, .shuttingDown(), to: place) }
        var isInBatch = false
        if case .batch = place { isInBatch = true }
        let call = RPCCall(id: callID, method: method, params: params, isInBatch: isInBatch)
        switch session.plan(call) {
        case .answer(let answer):
            guard !ledger.contains(callID) else { return fail(id, Self.isOpen(callID), to: place) }
            answer.result.withUnsafeBufferPointer { succeed(id, $0, to: place) }
            if let afterwards = answer.afterwards {
                push()
                afterwards()
            }
        case .refuse(let error): fail(id, error, to: place)
        case .run(let key, let outlives, let isShort):
            let open = OpenCall(call, place, isShort: isShort)
            switch ledger.admit(callID, open, key: key, outlivesConnection: outlives) {
            case .start: start(callID)
            case .wait: break
            case .refused(let error): fail(id, error, to: place)
            }
        }
    }

    private func inlineResult(
        _ envelope: Envelope,
        _ text: UnsafeBufferPointer<UInt8>,
        id: UnsafeBufferPointer<UInt8>
    ) -> [UInt8]? {
        let method = UnsafeBufferPointer(rebasing: text[envelope.method])
        guard let responder = options.inline.responder(for: method) else { return nil }
        // An id that is open already is refused the ordinary way.
        if !ledger.isEmpty, RPCID(text: id).map({ ledger.contains($0) }) ?? true { return nil }
        return envelope.content.isEmpty
            ? responder(Self.emptyObject) : responder(UnsafeBufferPointer(rebasing: text[envelope.content]))
    }

    private func notified(_ envelope: Envelope, _ text: UnsafeBufferPointer<UInt8>) {
        let method = Self.method(envelope, text)
        let params = Self.params(envelope, text)
        if let cancel = options.cancelMethods.first(where: { $0.name == method }) {
            switch cancelled(cancel, params) {
            case .success(let target):
                if let target { self.cancel(target) }
            case .failure(let error): report(error)
            }
            return
        }
        switch session?.notified(RPCNotification(method: method, params: params)) {
        case .taken, nil: break
        case .run(let key): run(method, params, key)
        case .refused(let error): report(error)
        case .wait(let body): wait(for: body)
        }
    }

    /// Serves a notification like a call.
    private func run(_ method: String, _ params: [UInt8], _ key: String?) {
        guard !isDraining else { return report(.shuttingDown()) }
        // Below every integer that a client's id can be.
        served += 1
        let id = RPCID(Int64.min + served)
        let open = OpenCall(RPCCall(id: id, method: method, params: params), .nowhere, isShort: false)
        switch ledger.admit(id, open, key: key) {
        case .start: start(id)
        case .wait: break
        case .refused(let error): report(error)
        }
    }

    /// Tells of a message that cannot be answered (rpc.md §4).
    private func report(_ error: RPCError) {
        guard options.onNoise == nil else { return }
        let params = ByteBuffer(bytes: error.json.serialized())
        connection.enqueue { buffer in
            MessageEncoder.request(
                id: nil,
                method: "rpc.error",
                params: CollectionOfOne(params.readableBytesView),
                into: &buffer
            )
        }
    }
}

// MARK: Running

extension ConnectionHandler {
    /// Starts an admitted call.
    ///
    /// Its task is on record before the loop reads anything else, or has ended already.
    private func start(_ id: RPCID) {
        guard let open = ledger[id], let session, let loop = context?.eventLoop else { return }
        taskCount += 1
        let bound = NIOLoopBound(self, eventLoop: loop)
        let (call, logger) = (open.call, connection.logger)
        // One that another one's end starts goes the long way, so that no row of them grows the stack.
        guard open.isShort, !isInShortCall else {
            open.task = Task {
                let outcome = await session.outcome(of: call, logger)
                loop.execute { bound.value.finished(call.id, outcome) }
            }
            return
        }
        isInShortCall = true
        open.task = Task.immediate {
            let outcome = await session.outcome(of: call, logger)
            if loop.inEventLoop {
                bound.value.finished(call.id, outcome, isAtOnce: bound.value.isProcessing)
            } else {
                loop.execute { bound.value.finished(call.id, outcome) }
            }
        }
        isInShortCall = false
    }

    /// - Parameter isAtOnce: Whether the message of the call is still being processed, which ends with a push.
    private func finished(_ id: RPCID, _ outcome: Result<RPCAnswer, RPCError>, isAtOnce: Bool = false) {
        taskCount -= 1
        let open = ledger[id]
        let startable = ledger.finish(id)
        if !isGone {
            // Before others start, which may be answered at once.
            if let open { answer(open, outcome, isAtOnce: isAtOnce) }
            if case .success(let answer) = outcome, let afterwards = answer.afterwards {
                if isAtOnce { push() }
                afterwards()
            }
        }
        for next in startable { start(next) }
        if isGone { endIfDone() } else { closeIfDone() }
    }

    /// Cancels a call of the other side; one that is not open is no error.
    private func cancel(_ id: RPCID) {
        switch ledger.cancel(id) {
        case .unknown: break
        case .running(let open): open.task?.cancel()
        case .withdrawn(let open, let startable):
            answer(open, .failure(.cancelled()))
            for next in startable { start(next) }
        }
    }

    /// Cancels what ends with the connection.
    func abandonCalls(all: Bool = false) {
        let (running, withdrawn) = ledger.abandon(all: all)
        for open in running { open.task?.cancel() }
        guard !isGone else { return }
        for (_, open) in withdrawn { answer(open, .failure(.cancelled())) }
    }

    private func answer(_ open: OpenCall, _ outcome: Result<RPCAnswer, RPCError>, isAtOnce: Bool = false) {
        if case .nowhere = open.place {
            if case .failure(let error) = outcome { report(error) }
            return
        }
        var body = ByteBuffer()
        switch outcome {
        case .success(let answer): MessageEncoder.result(id: open.call.id, answer.result, into: &body)
        case .failure(let error): MessageEncoder.failure(id: open.call.id.text, error, into: &body)
        }
        // In the queue, since what the call has sent so far is there as well; what is pushed goes there when it must.
        guard case .connection = open.place, !isAtOnce else { return complete(open.place, body) }
        connection.enqueue { $0.writeImmutableBuffer(body) }
    }
}

extension RPCSession {
    /// What a call is answered with.
    fileprivate func outcome(of call: RPCCall, _ logger: Logger) async -> Result<RPCAnswer, RPCError> {
        do {
            return .success(try await self.answer(call))
        } catch let error as RPCError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(.cancelled())
        } catch {
            logger.error(
                "call failed unexpectedly",
                metadata: ["rpc.method": "\(call.method.prefix(128))", "error": "\(String(reflecting: error))"]
            )
            return .failure(.internalError())
        }
    }
}
