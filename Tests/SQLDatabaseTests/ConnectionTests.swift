import OctobotTestSupport
import SQLDatabase
import Testing

@Suite("connections", .timeLimit(.minutes(1)))
struct ConnectionTests {

    private static func settings(_ connection: SQLConnection) throws -> [String: String] {
        var settings: [String: String] = [:]
        for name in [
            "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "application_id",
        ] {
            settings[name] = try connection.fetchOne("PRAGMA \(name)") { row in
                do { return "\(try row[0] as Int64)" } catch { return try row[0] as String }
            }
        }
        settings["journal_mode"] = try connection.fetchOne("PRAGMA journal_mode") { try $0[0] }
        settings["busy_timeout"] = try connection.fetchOne("PRAGMA busy_timeout") { "\(try $0[0] as Int64)" }
        settings["wal_autocheckpoint"] = try connection.fetchOne("PRAGMA wal_autocheckpoint") {
            "\(try $0[0] as Int64)"
        }
        return settings
    }

    private static let common = [
        "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "cell_size_check": "1",
        "application_id": "\(testApplicationID)",
    ]

    @Test("the writer is durable, strict and the only one that checkpoints")
    func writer() async throws {
        try await withPool { pool, _ in
            let settings = try await pool.write { try Self.settings($0) }
            #expect(settings == Self.common.merging(["busy_timeout": "5000", "wal_autocheckpoint": "1000"]) { $1 })
        }
    }

    @Test("every reader has the same settings and never checkpoints")
    func readers() async throws {
        try await withPool { pool, _ in
            // Nested reads need connections of their own.
            let all = try pool.read { first in
                try pool.read { second in
                    try pool.read { third in try [first, second, third].map { try Self.settings($0) } }
                }
            }
            for settings in all {
                #expect(settings == Self.common.merging(["busy_timeout": "10000", "wal_autocheckpoint": "0"]) { $1 })
            }
        }
    }

    @Test("a file keeps its settings when it is opened again")
    func reopened() async throws {
        try await withPool { pool, path in
            try pool.close()
            let again = try openPool(path)
            #expect(try await again.write { try Self.settings($0)["synchronous"] } == "2")
            #expect(try again.read { try Self.settings($0)["journal_mode"] } == "wal")
            try again.close()
        }
    }

    @Test("a reader cannot write")
    func readOnly() async throws {
        try await withPool { pool, _ in
            let error = #expect(throws: SQLDatabaseError.self) {
                try pool.read { try $0.execute("INSERT INTO item (name) VALUES ($1)", "x") }
            }
            #expect(error?.kind == .readOnly)
            let names = try pool.names()
            #expect(names == [])
        }
    }

    @Test("a read sees one moment, however much is written meanwhile")
    func snapshot() async throws {
        try await withPool { pool, _ in
            try await pool.insert("a")
            let reading = AsyncStream<Void>.makeStream()
            // The reader waits on the thread of its task, as a slow one would.
            async let counts = pool.read { connection in
                let before = try connection.fetchOne("SELECT COUNT(*) FROM item") { try $0[0] as Int }
                reading.continuation.yield()
                while try pool.names().count < 2 {}
                let after = try connection.fetchOne("SELECT COUNT(*) FROM item") { try $0[0] as Int }
                return [before, after]
            }
            for await _ in reading.stream { break }
            try await pool.insert("b")
            #expect(try await counts == [1, 1])
            #expect(try pool.names() == ["a", "b"])
        }
    }

    @Test(
        "parameters out of order are refused when a statement is prepared",
        arguments: [
            "SELECT $2, $1", "SELECT $1, $3", "SELECT $0", "UPDATE item SET name = $2 WHERE id = $1", "SELECT $",
        ]
    )
    func parameterOrder(sql: String) async throws {
        try await withPool { pool, _ in
            let error = #expect(throws: SQLDatabaseError.self) { try pool.read { try $0.fetch(sql, 1, 2) { _ in } } }
            #expect(error?.message.contains("Parameter") == true)
        }
    }

    @Test("parameters bind by number, also when one is used twice or text looks like one")
    func parameters() async throws {
        try await withPool { pool, _ in
            let row = try pool.read {
                try $0.fetchOne("SELECT $1, $2, $1, '$9', \"$8\" FROM (SELECT 5 AS \"$8\"), (SELECT $3)", 1, "two", 3) {
                    row in
                    let numbers = [try row[0] as Int, try row[2], try row[4]]
                    return "\(numbers) \(try row[1] as String) \(try row[3] as String)"
                }
            }
            #expect(row == "[1, 1, 5] two $9")
        }
    }

    @Test("too few and too many arguments are errors")
    func argumentCount() async throws {
        try await withPool { pool, _ in
            #expect(throws: SQLDatabaseError.self) { try pool.read { try $0.fetch("SELECT $1, $2", 1) { _ in } } }
            #expect(throws: SQLDatabaseError.self) { try pool.read { try $0.fetch("SELECT $1", 1, 2) { _ in } } }
        }
    }

    @Test("values come back as they were stored")
    func values() async throws {
        try await withPool { pool, _ in
            let bytes: [UInt8] = [0, 255, 7]
            let missing: String? = nil
            let ok = try pool.read { connection in
                try connection.fetchOne(
                    "SELECT $1, $2, $3, $4, $5, $6, $7, $8",
                    Int64.min,
                    Int64.max,
                    true,
                    2.5,
                    "héllo\u{0}x",
                    bytes,
                    [UInt8](),
                    missing
                ) { row in
                    let values: (Int64, Int64, Bool, Double, String, [UInt8], [UInt8], String?) = (
                        try row[0], try row[1], try row[2], try row[3], try row[4], try row[5], try row[6], try row[7]
                    )
                    #expect(values.0 == .min && values.1 == .max && values.2 && values.3 == 2.5)
                    #expect(values.4 == "héllo\u{0}x")
                    #expect(values.5 == bytes && values.6 == [] && values.7 == nil)
                    return true
                }
            }
            #expect(ok == true)
        }
    }

    @Test("a column that holds something else is an error, not a crash")
    func mismatch() async throws {
        try await withPool { pool, _ in
            let error = #expect(throws: SQLDatabaseError.self) {
                try pool.read { try $0.fetchOne("SELECT NULL") { try $0[0] as String } }
            }
            #expect(error?.kind == .corrupt)
            #expect(throws: SQLDatabaseError.self) {
                try pool.read { try $0.fetchOne("SELECT NULL") { try $0[0] as [UInt8] } }
            }
        }
    }
}
