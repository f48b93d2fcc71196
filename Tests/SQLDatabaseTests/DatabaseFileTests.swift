import Foundation
import OctobotTestSupport
import SQLDatabase
import Testing

@Suite("the database's file", .timeLimit(.minutes(1)))
struct DatabaseFileTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("file, logs and folder are for their owner alone")
    func permissions() async throws {
        let old = umask(0)
        defer { umask(old) }
        try await withPool { _, path in
            let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
            let modes = try [folder, path, path + "-wal", path + "-shm"].map { try Self.mode($0) }
            #expect(modes == [0o700, 0o600, 0o600, 0o600])
        }
    }

    @Test("an accepted file loses the permissions of others")
    func tightened() async throws {
        try await withPool { pool, path in
            try pool.close()
            chmod(path, 0o644)
            try openPool(path).close()
            #expect(try Self.mode(path) == 0o600)
        }
    }

    @Test("an empty file becomes a database")
    func empty() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "test.db").path(percentEncoded: false)
            try Data().write(to: URL(filePath: path))
            try openPool(path).close()
            try openPool(path).close()
            #expect(try Data(contentsOf: URL(filePath: path)).count > 0)
        }
    }

    private enum Damage: String, CaseIterable {
        case text, short, zeros, foreignProgram, noProgram, truncated, cutPage, pageSize, fractions
    }

    private static func damage(_ bytes: Data, _ damage: Damage) -> (Data, SQLDatabaseError.Kind) {
        var bytes = bytes
        switch damage {
        case .text: return (Data(String(repeating: "not a database\n", count: 500).utf8), .foreign)
        case .short: return (bytes.prefix(60), .foreign)
        case .zeros: return (Data(count: 8192), .foreign)
        case .foreignProgram:
            bytes[68] ^= 1
            return (bytes, .foreign)
        case .noProgram:
            bytes.replaceSubrange(68..<72, with: [0, 0, 0, 0])
            return (bytes, .foreign)
        case .truncated: return (bytes.prefix(4096), .corrupt)
        case .cutPage: return (bytes.prefix(bytes.count - 10), .corrupt)
        case .pageSize:
            bytes[16] = 0x0F
            bytes[17] = 0xFF
            return (bytes, .corrupt)
        case .fractions:
            bytes[21] = 65
            return (bytes, .corrupt)
        }
    }

    @Test("a file that is not ours or is damaged is refused by name and untouched", arguments: Damage.allCases)
    private func refused(damage: Damage) async throws {
        try await withPool { pool, path in
            try await pool.insert("a")
            try pool.close()
            let (bytes, kind) = Self.damage(try Data(contentsOf: URL(filePath: path)), damage)
            try bytes.write(to: URL(filePath: path))
            chmod(path, 0o644)
            let error = #expect(throws: SQLDatabaseError.self) { try openPool(path) }
            #expect(error?.kind == kind)
            #expect(error?.description.contains(path) == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            #expect(try Self.mode(path) == 0o644)
            let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["test.db"])
        }
    }

    @Test("what inspection refuses is untouched")
    func inspection() async throws {
        struct TooNew: Error {}
        try await withPool { pool, path in
            try await pool.insert("a")
            try pool.close()
            let before = try Data(contentsOf: URL(filePath: path))
            #expect(throws: TooNew.self) {
                try SQLPool(path: path, applicationID: testApplicationID) { connection in
                    let count = try connection.fetchOne("SELECT COUNT(*) FROM item") { try $0[0] as Int }
                    #expect(count == 1)
                    throw TooNew()
                }
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("damage behind the header is found when it is read, and named")
    func damagedPage() async throws {
        try await withPool { pool, path in
            try await pool.insert("a")
            try pool.close()
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes.replaceSubrange(100..<140, with: [UInt8](repeating: 0xFF, count: 40))
            try bytes.write(to: URL(filePath: path))
            let error = #expect(throws: SQLDatabaseError.self) {
                try SQLPool(path: path, applicationID: testApplicationID) {
                    _ = try $0.fetch("SELECT name FROM sqlite_schema") { try $0[0] as String }
                }
            }
            #expect(error?.kind == .corrupt)
            #expect(error?.description.contains(path) == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test("a file marked read-only is refused, also for root, and untouched")
    func readOnly() async throws {
        try await withPool { pool, path in
            try pool.close()
            let before = try Data(contentsOf: URL(filePath: path))
            chmod(path, 0o400)
            let error = #expect(throws: SQLDatabaseError.self) { try openPool(path) }
            #expect(error?.kind == .readOnly)
            #expect(error?.description.contains("\(path) is not writable") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("a folder in its place and a file among its folders are refused")
    func wrongKinds() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.path(percentEncoded: false)
            try FileManager.default.createDirectory(atPath: root + "a.db", withIntermediateDirectories: false)
            try Data("x".utf8).write(to: URL(filePath: root + "file"))
            for path in [root + "a.db", root + "file/b.db"] {
                let error = #expect(throws: SQLDatabaseError.self) { try openPool(path) }
                #expect(error?.kind == .cannotOpen)
                #expect(error?.description.contains(path) == true)
            }
        }
    }
}
