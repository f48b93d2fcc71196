import JSONRPC
import Synchronization

/// The connections of a listener: how many whom, and all of them for the stop.
final class ConnectionRegistry: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: RPCConnection] = [:]
        var counts: [UInt32: Int] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())
    private let limits: RPCLimits
    /// The user whose connections are its own, with root's.
    private let owner: UInt32

    init(limits: RPCLimits, owner: UInt32) {
        self.limits = limits
        self.owner = owner
    }

    var count: Int { state.withLock { $0.connections.count } }
    var all: [RPCConnection] { state.withLock { Array($0.connections.values) } }

    /// Takes up a connection unless its user has too many.
    func add(_ connection: RPCConnection) throws(RPCError) {
        let user = user(connection.peer?.uid ?? owner)
        let limit = user == owner ? limits.connections : limits.foreignConnections
        let refusal: RPCError? = state.withLock { state in
            if state.isDraining { return .shuttingDown() }
            guard state.counts[user, default: 0] < limit else { return .tooManyConnections(limit: limit) }
            state.counts[user, default: 0] += 1
            state.connections[ObjectIdentifier(connection)] = connection
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Root's connections count as the owner's.
    private func user(_ uid: UInt32) -> UInt32 { uid == 0 ? owner : uid }

    /// Refuses new connections from now on, and gives those that are there.
    func drain() -> [RPCConnection] {
        state.withLock { state in
            state.isDraining = true
            return Array(state.connections.values)
        }
    }

    /// Forgets a connection that is gone, or was never taken up.
    func remove(_ connection: RPCConnection) {
        let user = user(connection.peer?.uid ?? owner)
        state.withLock { state in
            guard state.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
            let count = state.counts[user, default: 0] - 1
            state.counts[user] = count > 0 ? count : nil
        }
    }
}
