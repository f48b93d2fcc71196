import JSONText
import OctobotModel
import Synchronization

/// The subscriptions of one connection, by the names clients know them under.
final class SubscriptionBook: Sendable {
    private struct State {
        var last = 0
        /// The open ones; `nil` while the call that opens it is not answered.
        var open: [String: Subscription?] = [:]
        var ending: Subscription.Ending?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// A name for one more subscription, which counts from now on.
    ///
    /// - Throws: `TooManySubscriptions`.
    func reserve() throws(Fault) -> String {
        let name = state.withLock { state -> String? in
            guard state.open.count < limit else { return nil }
            state.last += 1
            let name = "s\(state.last)"
            state.open.updateValue(nil, forKey: name)
            return name
        }
        guard let name else {
            throw Fault(
                .tooManySubscriptions,
                "This connection has \(limit) subscriptions, the most it may have.",
                details: ["limit": .integer(Int64(limit))],
                hint: "End one with rpc.unsubscribe, or open another connection.",
                retryAfterMilliseconds: 1000
            )
        }
        return name
    }

    /// Puts the subscription under the name it reserved; `false` when it must not start, because everything ends or the
    /// client has unsubscribed already.
    func add(_ subscription: Subscription) -> Bool {
        let (isWanted, ending) = state.withLock { state -> (Bool, Subscription.Ending?) in
            guard state.open.keys.contains(subscription.name) else { return (false, nil) }
            state.open[subscription.name] = .some(subscription)
            return (true, state.ending)
        }
        if let ending { subscription.end(ending) }
        return isWanted
    }

    func remove(_ name: String) {
        state.withLock { _ = $0.open.removeValue(forKey: name) }
    }

    /// Ends the subscription; one that has ended already is no mistake.
    ///
    /// - Returns: Whether there ever was one of this name.
    func unsubscribe(_ name: String) -> Bool {
        let (isKnown, subscription) = state.withLock { state -> (Bool, Subscription?) in
            guard name.first == "s", let number = Int(name.dropFirst()), (1...max(1, state.last)).contains(number),
                state.last > 0, name == "s\(number)"
            else { return (false, nil) }
            return (true, state.open.removeValue(forKey: name) ?? nil)
        }
        subscription?.end(.unsubscribed)
        return isKnown
    }

    /// Ends all, and at once those that come later.
    func endAll(_ ending: Subscription.Ending) {
        let subscriptions = state.withLock { state in
            state.ending = ending
            return state.open.values.compactMap { $0 }
        }
        for subscription in subscriptions { subscription.end(ending) }
    }
}
