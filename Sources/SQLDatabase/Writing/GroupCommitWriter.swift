import GRDB
import Synchronization

/// The only connection that writes: collects what is asked for while one transaction runs and commits it with the next.
///
/// Each item has its own savepoint and its own result; results are handed out once they are durable. So a commit's
/// fsync is shared by everybody who waits for one, and a failing item takes nothing with it.
final class GroupCommitWriter: Sendable {
    /// Work that becomes durable with others, or fails alone.
    struct Item: Sendable {
        /// Does the work and returns what hands its result out.
        let perform: @Sendable (SQLConnection) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Item] = []
        var isWorking = false
        var isClosed = false
    }

    /// How many items one transaction takes; bounds how long the first waits for the last.
    private static let batchLimit = 256
    private let path: String
    private let queue: DatabaseQueue
    private let state = Mutex(State())

    /// - Parameter applicationID: Written into a new file; `nil` for one that has it.
    init(path: String, applicationID: Int32?) throws(SQLDatabaseError) {
        self.path = path
        do {
            queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.configuration(isReader: false))
            try queue.inDatabase { try ConnectionSettings.apply(toWriter: $0, applicationID: applicationID) }
        } catch {
            throw SQLDatabaseError(error).naming(path)
        }
    }

    /// Queues an item; exactly one of its closures' outcomes is reported, later and on another thread.
    func submit(_ item: Item) {
        let (isRefused, starts) = state.withLock { state in
            if state.isClosed { return (true, false) }
            state.waiting.append(item)
            defer { state.isWorking = true }
            return (false, !state.isWorking)
        }
        if isRefused { return item.fail(SQLDatabaseError(.closed, "\(path): the database is closed.")) }
        if starts { queue.asyncWriteWithoutTransaction { self.work(SQLConnection($0)) } }
    }

    /// Finishes what was submitted, then closes the connection.
    func close() throws(SQLDatabaseError) {
        state.withLock { $0.isClosed = true }
        try withDatabaseErrors { try queue.close() }
    }

    private func work(_ connection: SQLConnection) {
        while let batch = nextBatch() { commit(batch, connection) }
    }

    private func nextBatch() -> [Item]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            let batch = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func commit(_ batch: [Item], _ connection: SQLConnection) {
        var outcomes: [Result<@Sendable () -> Void, any Error>] = []
        do {
            try connection.execute("BEGIN IMMEDIATE")
            for item in batch { outcomes.append(try perform(item, isAlone: batch.count == 1, connection)) }
            try connection.execute("COMMIT")
        } catch {
            let error = SQLDatabaseError(error)
            abandon(connection)
            for item in batch { item.fail(error) }
            return
        }
        for (item, outcome) in zip(batch, outcomes) {
            switch outcome {
            case .success(let deliver): deliver()
            case .failure(let error): item.fail(error)
            }
        }
    }

    /// - Throws: What ended the whole transaction; an item's own failure is its outcome.
    private func perform(
        _ item: Item,
        isAlone: Bool,
        _ connection: SQLConnection
    ) throws(SQLDatabaseError) -> Result<@Sendable () -> Void, any Error> {
        if !isAlone { try connection.execute("SAVEPOINT item") }
        do {
            let deliver = try item.perform(connection)
            if !isAlone { try connection.execute("RELEASE item") }
            return .success(deliver)
        } catch {
            // A full disk or an I/O error makes SQLite give up the transaction by itself: nothing before was stored.
            guard connection.database.isInsideTransaction else { throw SQLDatabaseError(error) }
            if isAlone {
                try connection.execute("ROLLBACK")
                try connection.execute("BEGIN IMMEDIATE")
            } else {
                try connection.execute("ROLLBACK TO item")
                try connection.execute("RELEASE item")
            }
            return .failure(error)
        }
    }

    private func abandon(_ connection: SQLConnection) {
        guard connection.database.isInsideTransaction else { return }
        do {
            try connection.execute("ROLLBACK")
        } catch {
            // SQLite has rolled back already, or does so before the next BEGIN, which would fail and be reported.
        }
    }
}
