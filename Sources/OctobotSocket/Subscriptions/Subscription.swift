import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Synchronization

/// Reads a stream for one client and says what it finds.
///
/// It holds a position and nothing else: the next entry is read only when the connection has room for it, so a client
/// that does not read costs its position, and everything it has not seen is still where it was.
final class Subscription: Sendable {
    /// Why it is over.
    enum Ending: Sendable {
        /// The source says so: nothing can follow.
        case source(reason: String, resume: String, program: ProgramEnd? = nil)
        case failed(Fault)
        case unsubscribed
        case shuttingDown
        /// There is nobody left to tell.
        case disconnected
    }

    private struct Outlet {
        var n = 0
        var cursor: String
        var isOver = false
    }

    private enum Delivery {
        case queued, noRoom, over
    }

    let name: String
    private let method: String
    private let reader: LogReader
    private let connection: RPCConnection
    private let alarm: QuietAlarm
    private let logger: Logger
    private let requestID: String
    private let onEnd: @Sendable () -> Void
    private let outlet: Mutex<Outlet>
    private let endings: AsyncStream<Ending>
    private let bell: AsyncStream<Ending>.Continuation

    init(
        name: String,
        method: String,
        reader: LogReader,
        connection: RPCConnection,
        alarm: QuietAlarm,
        logger: Logger,
        requestID: String,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.connection = connection
        self.alarm = alarm
        self.logger = logger
        self.requestID = requestID
        self.onEnd = onEnd
        self.method = method
        self.reader = reader
        outlet = Mutex(Outlet(cursor: reader.cursor))
        (endings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Asks the subscription to end; after `.unsubscribed` and `.disconnected` nothing more is said once this returns.
    func end(_ ending: Ending) {
        switch ending {
        case .unsubscribed:
            // Before the answer to the unsubscribe call, or not at all.
            _ = say(.end(reason: "unsubscribed", error: nil, resume: position))
            outlet.withLock { $0.isOver = true }
        case .disconnected: outlet.withLock { $0.isOver = true }
        case .source, .failed, .shuttingDown: break
        }
        bell.yield(ending)
    }

    /// Serves until the source or the connection ends, or somebody calls ``end(_:)``.
    func run() async {
        let ending = await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await self.read() }
            group.addTask { await self.remind() }
            group.addTask { [endings] in
                for await ending in endings { return ending }
                return nil
            }
            defer { group.cancelAll() }
            while let first = await group.next() {
                if let first { return first }
            }
            return .disconnected
        }
        await farewell(ending)
        onEnd()
        connection.release()
    }

    private func read() async -> Ending? {
        do {
            while await connection.room() {
                guard let element = try await reader.next() else {
                    return .source(reason: "ended", resume: position)
                }
                let (message, cursor): (StreamMessage, String)
                switch element {
                case .entry(let entry): (message, cursor) = (.event(entry), entry.cursor)
                case .bytes(let piece): (message, cursor) = (.bytes(piece), piece.cursor)
                case .snapshot(let part):
                    (message, cursor) = (.snapshot(items: part.items, more: part.more), part.cursor)
                case .gap(let reason, let from, let to):
                    (message, cursor) = (.gap(reason: reason, from: from, to: to), to)
                case .synced(let position): (message, cursor) = (.synced, position)
                case .end(let reason, let resume): return .source(reason: reason, resume: resume)
                case .exited(let program, let resume):
                    return .source(reason: "exited", resume: resume, program: program)
                }
                guard await deliver(message, cursor: cursor) else { return nil }
            }
            return Task.isCancelled ? nil : .disconnected
        } catch let fault as Fault {
            return .failed(fault)
        } catch is CancellationError {
            return nil
        } catch {
            logger.error(
                "a stream cannot be read",
                metadata: ["request.id": "\(requestID)", "error": "\(String(reflecting: error))"]
            )
            return .failed(Fault(.internalError, "The stream cannot be read (incident \(requestID))."))
        }
    }

    /// Says where the stream is whenever it has been quiet for long.
    private func remind() async -> Ending? {
        do {
            while true {
                try await alarm.wait()
                // A client that does not read waits for no sign of life.
                guard connection.hasRoom else {
                    alarm.touch()
                    continue
                }
                if say(.bookmark) == .over { return nil }
            }
        } catch {
            // Cancelled: the subscription ends.
            return nil
        }
    }

    /// Waits for room as often as it takes; `false` when nobody wants it any more.
    private func deliver(_ notification: StreamMessage, cursor: String) async -> Bool {
        while true {
            switch say(notification, cursor: cursor) {
            case .queued: return true
            case .over: return false
            case .noRoom:
                await Task.yield()
                guard await connection.room() else { return false }
            }
        }
    }

    private func farewell(_ ending: Ending) async {
        switch ending {
        case .source(let reason, let resume, let program):
            _ = await deliver(.end(reason: reason, error: nil, resume: resume, program: program), cursor: resume)
        case .failed(let fault):
            let error = fault.rpcError(requestID: requestID).json
            _ = await deliver(.end(reason: "failed", error: error, resume: position), cursor: position)
        case .shuttingDown:
            _ = await deliver(.end(reason: "shuttingDown", error: nil, resume: position), cursor: position)
        case .unsubscribed, .disconnected: break
        }
        outlet.withLock { $0.isOver = true }
    }

    private var position: String { outlet.withLock { $0.cursor } }

    /// Queues one notification.
    ///
    /// Number and queue go together under the lock, so that `n` counts in the order of sending.
    private func say(_ notification: StreamMessage, cursor: String? = nil) -> Delivery {
        outlet.withLock { outlet in
            guard !outlet.isOver else { return .over }
            alarm.touch()
            let cursor = cursor ?? outlet.cursor
            let text = notification.text(subscription: name, n: outlet.n + 1, cursor: cursor)
            guard connection.notify(method, params: [text]) else { return .noRoom }
            outlet.n += 1
            outlet.cursor = cursor
            return .queued
        }
    }
}
