import Foundation
import JSONText
import OctobotTestSupport
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("The spool", .timeLimit(.minutes(1)))
struct SpoolTests {
    private func chunks(_ page: Spool.Page?) throws -> [UIMessageChunk] {
        try (page?.entries ?? []).map { try UIMessageChunk(parsing: $0.bytes) }
    }

    @Test("chunks are numbered from one and read from any number")
    func numbers() async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path)
            try spool.accept("t")
            try spool.append([.start(messageID: "m"), .startStep], to: "t")
            try spool.append([.finishStep, .finish(.stop)], to: "t")
            #expect(try spool.page("t", after: 0)?.entries.map(\.n) == [1, 2, 3, 4])
            #expect(try spool.page("t", after: 3)?.entries.map(\.n) == [4])
            #expect(try spool.page("t", after: 4) == .init(entries: [], isLast: true))
            #expect(try spool.page("u", after: 0) == nil)
        }
    }

    @Test("a turn that ran when the service died is closed at the next start")
    func recovery() async throws {
        try await withTemporaryDirectory { folder in
            let first = try Spool(folder: folder.path)
            try first.accept("t")
            try first.append([.start(messageID: "m"), .startStep, .textStart(id: "x")], to: "t")
            let path = folder.path + "/t.turn"
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"type":"text-del"#.utf8))
            try handle.close()
            let second = try Spool(folder: folder.path)
            let page = try #require(try second.page("t", after: 0))
            #expect(page.isLast)
            let all = try chunks(page)
            #expect(all.prefix(3) == [.start(messageID: "m"), .startStep, .textStart(id: "x")])
            try ChunkGrammar.check(all)
            #expect(all.contains { $0.type == "error" })
        }
    }

    @Test("an acknowledged turn is deleted, and its key known forever")
    func acknowledgement() async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path)
            try spool.accept("t")
            try spool.append([.start(messageID: "m")], to: "t")
            try spool.acknowledge("t", n: 1)
            #expect(try spool.page("t", after: 0) != nil, "a running turn stays")
            try spool.append([.finish(.stop)], to: "t")
            try spool.acknowledge("t", n: 1)
            #expect(try spool.page("t", after: 0) != nil, "chunk 2 is not acknowledged")
            try spool.acknowledge("t", n: 2)
            #expect(try spool.page("t", after: 0) == nil)
            #expect(spool.knows("t"))
            #expect(try Spool(folder: folder.path).knows("t"))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/t.turn"))
        }
    }

    @Test("what nobody fetched is forgotten after seven days, but not its key")
    func expiry() async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path)
            try spool.accept("t")
            let later = try Spool(folder: folder.path, now: Date(timeIntervalSinceNow: 8 * 86_400))
            #expect(try later.page("t", after: 0) == nil)
            #expect(later.knows("t"))
        }
    }

    @Test("a full spool holds the writer until turns are acknowledged")
    func backpressure() async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path, limit: 1_000)
            try spool.accept("old")
            try spool.append([.start(messageID: String(repeating: "x", count: 2_000)), .finish(.stop)], to: "old")
            try spool.accept("new")
            try spool.append([.start(messageID: "m")], to: "new")
            await confirmation("the writer goes on") { goesOn in
                let writer = Task {
                    await spool.settle("new")
                    #expect(spool.knows("old") && (try? spool.page("old", after: 0)) == .some(nil))
                    goesOn()
                }
                try? spool.acknowledge("old", n: 2)
                await writer.value
            }
        }
    }

    @Test("a running turn larger than the spool goes on while its chunks are acknowledged")
    func endless() async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path, limit: 1_000)
            try spool.accept("t")
            for n in 1...10 {
                try spool.append([.data(name: "x", data: .string(String(repeating: "x", count: 2_000)))], to: "t")
                try spool.acknowledge("t", n: n)
                await spool.settle("t")
            }
            #expect(try spool.page("t", after: 0)?.entries.count == 10)
        }
    }

    @Test("readers are woken by chunks and by the end", arguments: [0, 1])
    func bells(from: Int) async throws {
        try await withTemporaryDirectory { folder in
            let spool = try Spool(folder: folder.path)
            try spool.accept("t")
            let reader = Task {
                let events = EventReader(spool: spool, turn: "t", after: from)
                defer { events.close() }
                var text = ""
                while let bytes = try await events.next() { text += String(decoding: bytes, as: UTF8.self) }
                return text
            }
            for index in 0..<100 { try spool.append([.data(name: "n", data: .integer(Int64(index)))], to: "t") }
            try spool.append([.finish(.stop)], to: "t")
            await spool.finish("t")
            let text = try await reader.value
            #expect(text.hasPrefix("id: \(from + 1)\n"))
            #expect(text.split(separator: "\n").count { $0.hasPrefix("id: ") } == 101 - from)
            #expect(text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test(
        "names that could leave the folder are no turns",
        arguments: ["", "../x", "a/b", ".", ".x", String(repeating: "a", count: 129)]
    )
    func names(id: String) {
        #expect(!Spool.isValid(id))
    }
}
