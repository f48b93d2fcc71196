import Foundation
import OctobotTestSupport
import SQLDatabase
import Testing

@Suite("group commit", .timeLimit(.minutes(2)))
struct GroupCommitTests {
    private struct Refused: Error, Equatable {
        var number: Int
    }

    @Test("of many writes at once each has its own result, and a failing one takes nothing with it")
    func isolation() async throws {
        try await withPool { pool, _ in
            let outcomes = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
                for number in 0..<400 {
                    group.addTask {
                        do {
                            let value = try await pool.write { connection in
                                try connection.execute("INSERT INTO item (name) VALUES ($1)", "item \(number)")
                                if number.isMultiple(of: 5) { throw Refused(number: number) }
                                if number % 5 == 1 {
                                    try connection.execute("INSERT INTO item (name) VALUES ($1)", "item \(number)")
                                }
                                return number
                            }
                            return (number, .success(value))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes.count == 400)
            for (number, outcome) in outcomes {
                switch outcome {
                case .success(let value): #expect(value == number && number % 5 > 1)
                case .failure(let error as Refused): #expect(error.number == number && number.isMultiple(of: 5))
                case .failure(let error as SQLDatabaseError): #expect(error.kind == .constraint && number % 5 == 1)
                case .failure(let error): Issue.record(error)
                }
            }
            let stored = Set(try pool.names())
            #expect(stored == Set((0..<400).filter { $0 % 5 > 1 }.map { "item \($0)" }))
        }
    }

    @Test("a write that fails alone leaves nothing behind, and the next one works")
    func alone() async throws {
        try await withPool { pool, _ in
            await #expect(throws: Refused(number: 1)) {
                try await pool.write { connection in
                    try connection.execute("INSERT INTO item (name) VALUES ('x')")
                    throw Refused(number: 1)
                }
            }
            #expect(try pool.names() == [])
            try await pool.insert("y")
            #expect(try pool.names() == ["y"])
        }
    }

    @Test("errors say what kind they are and never a value")
    func errorKinds() async throws {
        try await withPool { pool, _ in
            try await pool.insert("s3cret")
            do {
                try await pool.insert("s3cret")
                Issue.record("the second one was stored")
            } catch let error as SQLDatabaseError {
                #expect(error.kind == .constraint)
                #expect(error.description.contains("item.name"))
                #expect(!error.description.contains("s3cret"))
            }
            await #expect(throws: SQLDatabaseError.self) { try await pool.write { try $0.execute("NONSENSE") } }
            try await pool.insert("next")
        }
    }

    @Test("a full disk fails what was waiting with kind full, and the database goes on when there is room")
    func full() async throws {
        try await withPool { pool, _ in
            try await pool.insert("before")
            let pages = try await pool.write { connection in
                let pages = try connection.fetchOne("PRAGMA page_count") { try $0[0] as Int } ?? 0
                _ = try connection.fetch("PRAGMA max_page_count = \(pages + 2)") { _ in }
                return pages
            }
            #expect(pages > 0)
            var kinds: [SQLDatabaseError.Kind?] = []
            for number in 0..<20 {
                do {
                    try await pool.insert(String(repeating: "\(number)", count: 4000))
                    kinds.append(nil)
                } catch let error as SQLDatabaseError {
                    kinds.append(error.kind)
                }
            }
            #expect(kinds.last == .full)
            try await pool.write { _ = try $0.fetch("PRAGMA max_page_count = 100000") { _ in } }
            try await pool.insert("after")
            let names = try pool.names()
            #expect(names.contains("before") && names.contains("after"))
        }
    }

    @Test("another process's lock is waited for")
    func foreignLock() async throws {
        try await withPool { pool, path in
            let other = try openPool(path)
            async let slow: Void = other.write { connection in
                try connection.execute("INSERT INTO item (name) VALUES ('theirs')")
                Thread.sleep(forTimeInterval: 0.05)
            }
            async let ours: Void = pool.insert("ours")
            _ = try await (slow, ours)
            #expect(Set(try pool.names()) == ["theirs", "ours"])
            try other.close()
        }
    }

    @Test("what a write returned for is in the file, also without a close")
    func durability() async throws {
        try await withPool { pool, path in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<100 { group.addTask { try? await pool.insert("item \(number)") } }
            }
            // The file and its log as a crash would leave them.
            let copy = URL(filePath: path).deletingLastPathComponent().appending(path: "copy.db").path(
                percentEncoded: false
            )
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let recovered = try openPool(copy)
            #expect(Set(try recovered.names()) == Set((0..<100).map { "item \($0)" }))
            #expect(try recovered.read { try $0.fetchOne("PRAGMA integrity_check") { try $0[0] as String } } == "ok")
            try recovered.close()
        }
    }

    @Test("closing finishes what was submitted and empties the log; later calls are refused")
    func closing() async throws {
        try await withPool { pool, path in
            let writes = (0..<50).map { number in Task { try await pool.insert("item \(number)") } }
            var stored = 0
            for write in writes.prefix(25) {
                try await write.value
                stored += 1
            }
            try pool.close()
            for write in writes.dropFirst(25) {
                do {
                    try await write.value
                    stored += 1
                } catch let error as SQLDatabaseError {
                    #expect(error.kind == .closed)
                }
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
            #expect(throws: SQLDatabaseError.self) { try pool.names() }
            await #expect(throws: SQLDatabaseError.self) { try await pool.insert("late") }
            let again = try openPool(path)
            #expect(try again.names().count == stored)
            try again.close()
        }
    }

    @Test("the log does not grow without end")
    func logSize() async throws {
        try await withPool { pool, path in
            for round in 0..<40 {
                try await pool.write { connection in
                    for number in 0..<50 {
                        try connection.execute(
                            "INSERT INTO item (name) VALUES ($1)",
                            "\(round).\(number)." + String(repeating: "x", count: 4000)
                        )
                    }
                }
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
            let size = try #require(attributes[.size] as? Int)
            #expect(size < 12 << 20)
        }
    }
}
