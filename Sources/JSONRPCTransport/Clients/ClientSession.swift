import JSONRPC
import JSONText
import Synchronization

/// Sorts the notifications of a connection by their subscription.
///
/// Reading stops while ``mostWaiting`` notifications wait for their readers, unless an answer is waited for: a reader may
/// make calls between two notifications.
final class ClientSession: RPCSession {
    static let mostWaiting = 4096

    private struct State {
        var feeds: [String: NotificationFeed] = [:]
        var waiting = 0
        var isHeldBack = false
        var connection: RPCConnection?
        var isClosed = false
    }

    /// Notifications of no subscription.
    let others: AsyncStream<RPCNotification>
    private let toOthers: AsyncStream<RPCNotification>.Continuation
    private let state = Mutex(State())

    init() { (others, toOthers) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256)) }

    func attach(_ connection: RPCConnection) { state.withLock { $0.connection = connection } }

    /// A feed for the notifications of a subscription that is just being answered.
    func open(_ subscription: String, _ feed: NotificationFeed) {
        let isClosed = state.withLock { state in
            state.feeds[subscription] = feed
            return state.isClosed
        }
        if isClosed { feed.finish(.failure(RPCConnectionClosed())) }
    }

    func remove(_ subscription: String) -> Bool {
        guard let feed = state.withLock({ $0.feeds.removeValue(forKey: subscription) }) else { return false }
        feed.discard()
        return true
    }

    func taken(_ count: Int) {
        let connection: RPCConnection? = state.withLock { state in
            state.waiting -= count
            guard state.isHeldBack, state.waiting < Self.mostWaiting / 2 else { return nil }
            state.isHeldBack = false
            return state.connection
        }
        connection?.setHeldBack(false)
    }

    func notified(_ notification: RPCNotification) -> NotificationPlan {
        guard let members = Self.members(notification.params), let name = members.subscription,
            let feed = state.withLock({ $0.feeds[name] })
        else {
            toOthers.yield(notification)
            return .taken
        }
        let connection: RPCConnection? = state.withLock { state in
            state.waiting += 1
            guard state.waiting >= Self.mostWaiting, !state.isHeldBack else { return nil }
            state.isHeldBack = true
            return state.connection
        }
        connection?.setHeldBack(true)
        feed.put(notification.params)
        if members.isEnd {
            _ = state.withLock { $0.feeds.removeValue(forKey: name) }
            feed.finish(.success(()))
        }
        return .taken
    }

    func closed() {
        let (feeds, farewell) = state.withLock { state in
            defer {
                state.feeds = [:]
                state.isClosed = true
                state.connection = nil
            }
            return (Array(state.feeds.values), state.connection?.state.withLock { $0.farewell })
        }
        for feed in feeds { feed.finish(.failure(RPCConnectionClosed(reason: farewell))) }
        toOthers.finish()
    }

    /// The members of a notification's params that tell where it belongs.
    private static func members(_ params: [UInt8]) -> (subscription: String?, isEnd: Bool)? {
        params.withUnsafeBufferPointer { text in
            var scanner = JSONScanner()
            do throws(JSONScanError) {
                try scanner.scan(text)
            } catch {
                return nil
            }
            var subscription: String?
            var isEnd = false
            for item in scanner.items where item.kind == .string {
                let content = text[item.value.lowerBound + 1..<item.value.upperBound - 1]
                if text[item.name].elementsEqual("subscription".utf8) {
                    subscription = String(decoding: content, as: UTF8.self)
                } else if text[item.name].elementsEqual("type".utf8) {
                    isEnd = content.elementsEqual("end".utf8)
                }
            }
            return (subscription, isEnd)
        }
    }
}

extension RPCConnection {
    /// Stops and resumes reading.
    func setHeldBack(_ value: Bool) { onLoop { $0.setHeldBack(value) } }
}
