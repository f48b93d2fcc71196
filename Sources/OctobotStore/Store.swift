import SQLDatabase
import Synchronization

/// Everything the daemon remembers, in one SQLite file.
///
/// Reads see one consistent snapshot; a write is one transaction, durable when it returns.
package final class Store: Sendable {
    /// `OCTB`: marks the file as ours.
    static let applicationID: Int32 = 0x4F43_5442
    private let pool: SQLPool
    /// The name this data folder gave itself when it was made; tells its sandboxes from those of any other.
    package let installation: String
    private let writes = Atomic<UInt64>(0)

    /// Rises with every write, before whoever asked for it goes on: what was read since it last rose is still so.
    package var generation: UInt64 { writes.load(ordering: .acquiring) }

    /// Opens the store, making or migrating its file as needed.
    ///
    /// - Throws: `SQLDatabaseError` whose message names the file, for one that is not ours, is newer, is damaged or
    ///   cannot be written; it is then untouched.
    package init(path: String) async throws {
        pool = try SQLPool(path: path, applicationID: Self.applicationID) { connection in
            let version = try Migrations.version(of: connection)
            guard version <= Migrations.newest else {
                throw SQLDatabaseError(
                    .newer,
                    """
                    \(path) was written by a later version of Octobot (schema \(version), this one knows \
                    \(Migrations.newest)); it was left untouched.
                    """
                )
            }
        }
        do {
            if try pool.read({ try Migrations.version(of: $0) }) < Migrations.newest {
                for migration in Migrations.all { try await pool.write { try migration.apply(to: $0) } }
            }
            if try pool.read({ try !Seed.isComplete(in: $0) }) { try await pool.write { try Seed.plant(in: $0) } }
            installation = try pool.read { try Seed.installation(in: $0) }
        } catch {
            do {
                try pool.close()
            } catch {
                // What went wrong first says more.
            }
            throw (error as? SQLDatabaseError)?.naming(path) ?? error
        }
    }

    /// Reads on one consistent snapshot, on the calling thread; for short, indexed reads.
    package func read<Value>(_ body: (StoreReader) throws -> Value) async throws -> Value {
        try pool.read { try body(StoreReader($0)) }
    }

    /// Runs `body` in a transaction that is durable when this returns.
    ///
    /// What `body` throws undoes all of it. It runs on the writer's thread and must not block.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        defer { writes.add(1, ordering: .releasing) }
        return try await pool.write { try body(StoreTransaction($0)) }
    }

    /// Finishes pending writes and closes the file.
    package func close() throws { try pool.close() }
}
