import Foundation
import OctobotTestSupport
import SQLDatabase

let testApplicationID: Int32 = 0x5445_5354

/// A pool on a fresh file with one table, `item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)`.
func withPool(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (SQLPool, String) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let path = folder.appending(path: "data/test.db").path(percentEncoded: false)
        let pool = try openPool(path)
        try await pool.write {
            try $0.executeScript("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        }
        try await body(pool, path)
        try pool.close()
    }
}

func openPool(_ path: String) throws -> SQLPool {
    try SQLPool(path: path, applicationID: testApplicationID, inspect: { _ in })
}

extension SQLPool {
    func insert(_ name: String) async throws {
        try await write { _ = try $0.execute("INSERT INTO item (name) VALUES ($1)", name) }
    }

    func names() throws -> [String] { try read { try $0.fetch("SELECT name FROM item ORDER BY id") { try $0[0] } } }
}
