/// A SQLite file: one writer with group commit, and readers that never wait for it.
///
/// A concrete type until another database is needed (PostgreSQL would join behind the same methods).
package final class SQLPool: Sendable {
    /// The file.
    package let path: String
    private let readers: ReaderConnections
    private let writer: GroupCommitWriter

    /// Opens the file, or makes it (0600, its folder 0700).
    ///
    /// - Parameters:
    ///   - applicationID: Marks files as ours (`PRAGMA application_id`).
    ///   - inspect: Looks at an existing file, read-only, before anything is written; what it throws refuses the file.
    /// - Throws: kinds `foreign`, `corrupt`, `readOnly` and `cannotOpen` with a message that names the file, which is
    ///   then untouched.
    package init(
        path: String,
        applicationID: Int32,
        inspect: (SQLConnection) throws -> Void
    ) throws {
        self.path = path
        let file = DatabaseFile(path: path, applicationID: applicationID)
        let isNew = try file.prepare()
        readers = ReaderConnections(path: path)
        if !isNew {
            do {
                try readers.read(inspect)
            } catch let error as SQLDatabaseError {
                readers.close()
                throw error.naming(path)
            } catch {
                readers.close()
                throw error
            }
            try file.restrict()
        }
        writer = try GroupCommitWriter(path: path, applicationID: isNew ? applicationID : nil)
    }

    /// Reads on one consistent snapshot, on the calling thread.
    ///
    /// For short, indexed reads; whoever reads much reads in pages.
    package func read<Value>(_ body: (SQLConnection) throws -> Value) throws -> Value {
        try readers.read(body)
    }

    /// Runs `body` in a write transaction that it may share with others; returns once it is durable.
    ///
    /// `body` is all or nothing: what it throws undoes it, and only it. Once submitted it is carried out; a
    /// cancellation of the caller does not reach it.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            writer.submit(
                GroupCommitWriter.Item(
                    perform: { connection in
                        let value = try body(connection)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }
                )
            )
        }
    }

    /// Finishes pending writes and closes the file; the writer, closing last, empties the write-ahead log.
    ///
    /// Blocks until the last write is durable. Calls after it fail with kind `closed`.
    package func close() throws(SQLDatabaseError) {
        readers.close()
        try writer.close()
    }
}
