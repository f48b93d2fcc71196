import GRDB
import Synchronization

/// Read-only connections, as many as read at the same time.
///
/// Reads run on the caller's thread: they are short and indexed, and a hop to another thread costs ten times the query.
/// Each is a snapshot: one transaction that never outlives its closure, so it cannot hold back a checkpoint for long.
final class ReaderConnections: Sendable {
    private struct State {
        var idle: [DatabaseQueue] = []
        var isClosed = false
    }

    /// How many stay open between reads.
    private static let idleLimit = 8
    private let path: String
    private let state = Mutex(State())

    init(path: String) { self.path = path }

    func read<Value>(_ body: (SQLConnection) throws -> Value) throws -> Value {
        let queue = try take()
        defer { give(back: queue) }
        return try queue.unsafeRead { database in
            let connection = SQLConnection(database)
            try connection.execute("BEGIN")
            do {
                let value = try body(connection)
                try connection.execute("COMMIT")
                return value
            } catch {
                if database.isInsideTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }

    /// Closes what is idle; connections in use close when they are given back.
    func close() {
        let queues = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for queue in queues { Self.close(queue) }
    }

    private func take() throws(SQLDatabaseError) -> DatabaseQueue {
        let (queue, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        if isClosed { throw SQLDatabaseError(.closed, "\(path): the database is closed.") }
        if let queue { return queue }
        do {
            return try DatabaseQueue(path: path, configuration: ConnectionSettings.configuration(isReader: true))
        } catch {
            throw SQLDatabaseError(error).naming(path)
        }
    }

    private func give(back queue: DatabaseQueue) {
        let isKept = state.withLock { state in
            guard !state.isClosed, state.idle.count < Self.idleLimit else { return false }
            state.idle.append(queue)
            return true
        }
        if !isKept { Self.close(queue) }
    }

    private static func close(_ queue: DatabaseQueue) {
        do {
            try queue.close()
        } catch {
            // A read-only connection has nothing to lose; its descriptor is freed when the last reference goes.
        }
    }
}
