import SQLDatabase

/// A snapshot of the store; valid only inside the closure it was handed to.
package class StoreReader {
    let connection: SQLConnection

    init(_ connection: SQLConnection) { self.connection = connection }
}

/// A write transaction: reads as a ``StoreReader`` does, its own changes included.
package final class StoreTransaction: StoreReader {}
