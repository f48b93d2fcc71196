import GRDB

/// What holds on every connection, whatever SQLite's build or GRDB set by default.
enum ConnectionSettings {
    /// How long a statement waits for another process's lock.
    private static let busyTimeout = 5.0
    /// Readers wait longer: a checkpoint of another process must not make a read fail.
    private static let readerBusyTimeout = 10.0

    static func configuration(isReader: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReader
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(isReader ? readerBusyTimeout : busyTimeout)
        configuration.label = isReader ? "octobot.reader" : "octobot.writer"
        // The writer opens and ends its transactions by itself (``GroupCommitWriter``).
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = \(isReader ? 0 : 1000)
                    """
            )
        }
        return configuration
    }

    /// Switches the file to WAL and says the settings of the writer again: opening may have set others.
    ///
    /// A new file gets its mark before anything else, in the transaction that makes its first page.
    static func apply(toWriter database: Database, applicationID: Int32?) throws {
        if let applicationID { try database.execute(sql: "PRAGMA application_id = \(applicationID)") }
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw SQLDatabaseError(
                .cannotOpen,
                "SQLite cannot keep a write-ahead log here (journal mode \(mode ?? "none"))."
            )
        }
        try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304")
    }
}
