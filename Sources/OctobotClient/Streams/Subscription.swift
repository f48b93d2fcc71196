import JSONRPC
import JSONRPCTransport
import JSONText
package import OctobotAPI
import OctobotModel

/// A log of the daemon, read from a position and followed.
///
/// When the connection or the daemon goes away, reading goes on at the next entry once there is a new one. Leaving the
/// loop, or cancelling its task, ends the subscription.
package struct Subscription<Stream: StreamOperation>: AsyncSequence, Sendable where Stream.Params: Resumable {
    package typealias Element = StreamElement<Stream.Item>

    let client: OctobotClient
    let params: Stream.Params

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, params: params) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let client: OctobotClient
        private var params: Stream.Params
        private var notifications: RPCSubscription.AsyncIterator?
        private var connection: RPCClient?
        private var n = 0
        /// How many things of a snapshot came before, and how many the caller has: a snapshot that is asked for again
        /// begins with the same.
        private var snapshot = (received: 0, delivered: 0)
        private var isOver = false
        /// Failures since the last notification.
        private var attempts = 0
        private var lostAt: ContinuousClock.Instant?

        init(client: OctobotClient, params: Stream.Params) {
            self.client = client
            self.params = params
        }

        /// - Throws: ``Refusal`` when the daemon will not go on with the stream, ``ClientError`` when there is no daemon for
        ///   half a minute.
        package mutating func next() async throws -> Element? {
            while !isOver {
                do {
                    if notifications == nil { return .started(try await subscribe()) }
                    guard let element = try await read() else { continue }
                    return element
                } catch let error as ClientError {
                    notifications = nil
                    try await pause(after: error)
                    if attempts == 1 { return .reconnecting(error) }
                } catch let error as Refusal where Self.isPassing(error) {
                    try await pause(after: .disconnected)
                }
            }
            return nil
        }

        private mutating func subscribe() async throws -> Subscribed {
            let connection = try await client.dialer.connection()
            self.connection = connection
            do {
                let subscription = try await connection.subscribe(Stream.name, params: try JSONCoding.encode(params))
                let answer = try Self.subscribed(subscription.answer)
                notifications = subscription.makeAsyncIterator()
                n = 0
                snapshot.received = 0
                // From now on the position is known, whatever was asked for first; a snapshot's only with its last part.
                if params.from != .snapshot { params.from = .cursor(answer.cursor) }
                return answer
            } catch {
                let error = translated(error)
                if Self.asksForAnother(error) { await client.dialer.drop(connection) }
                throw error
            }
        }

        /// Whether the same call will be taken in a moment.
        private static func isPassing(_ refusal: Refusal) -> Bool {
            refusal.fault.kind == .shuttingDown || refusal.fault.kind == .overloaded
        }

        /// Whether the stream can only go on over another connection.
        private static func asksForAnother(_ error: any Error) -> Bool {
            switch error {
            case ClientError.disconnected: true
            case let refusal as Refusal: refusal.fault.kind == .shuttingDown
            default: false
            }
        }

        /// The next element; `nil` for what the caller need not see.
        private mutating func read() async throws -> Element? {
            guard let notifications else { return nil }
            let text: [UInt8]?
            do {
                text = try await notifications.next()
            } catch let error as RPCConnectionClosed {
                if let connection { await client.dialer.drop(connection) }
                throw translated(error)
            }
            guard let text else { throw ClientError.disconnected }
            let message = try StreamMessage(text)
            guard message.n == n + 1 else { throw ClientError.unreadable("notification \(message.n) after \(n)") }
            n = message.n
            attempts = 0
            lostAt = nil
            let isInSnapshot = params.from == .snapshot && (message.type != "snapshot" || message.isPartial)
            if !isInSnapshot { params.from = .cursor(message.cursor) }
            let element = message.element(Stream.Item.self)
            if case .snapshot(let items, let more) = element { return part(items, more) }
            if case .exited = element {
                isOver = true
                return element
            }
            guard case .end(let reason, let resume) = element else { return element }
            if let resume, !isInSnapshot { params.from = .cursor(resume) }
            if let error = message.value("error").flatMap({ RPCError(json: $0) }) {
                isOver = true
                throw Refusal(error)
            }
            guard reason == "shuttingDown" else {
                isOver = true
                return element
            }
            // The daemon ends its connections next; the following one is another daemon's.
            self.notifications = nil
            if let connection { await client.dialer.drop(connection) }
            throw ClientError.disconnected
        }

        /// What of a part of a snapshot the caller does not have yet; `nil` when it need not see the part.
        private mutating func part(_ items: [[UInt8]], _ more: Bool) -> Element? {
            let known = Swift.max(0, snapshot.delivered - snapshot.received)
            snapshot.received += items.count
            snapshot.delivered = Swift.max(snapshot.delivered, snapshot.received)
            guard known < items.count || !more else { return nil }
            return .snapshot(items: Array(items.dropFirst(known)), more: more)
        }

        private mutating func pause(after error: ClientError) async throws {
            if case .notStarted = error { throw error }
            let now = ContinuousClock.now
            let since = lostAt ?? now
            lostAt = since
            attempts += 1
            guard now - since < .seconds(30) else { throw error }
            try await Task.sleep(for: Swift.min(.milliseconds(10) * attempts, .milliseconds(500)))  // ok: back-off
        }

        private static func subscribed(_ answer: [UInt8]) throws(ClientError) -> Subscribed {
            do {
                return try JSONCoding.decode(Subscribed.self, from: answer)
            } catch {
                throw .unreadable("the answer to \(Stream.name): \(error)")
            }
        }
    }
}
