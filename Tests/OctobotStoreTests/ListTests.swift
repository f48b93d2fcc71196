import Foundation
import JSONText
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotStore

@Suite("lists", .timeLimit(.minutes(1)))
struct ListTests {
    @Test("pages of items with equal times hold each item once, in order", arguments: [1, 2, 3, 7, 20])
    func equalTimes(limit: Int) async throws {
        try await withStore { store, _ in
            // Three moments, seven items each; ids in no order.
            let ids = (0..<21).map { "a\(($0 * 8) % 21 + 100)" }
            for (index, id) in ids.enumerated() {
                let moment = Timestamp(milliseconds: Timestamp.past.milliseconds + Int64(index % 3))
                try await store.write {
                    _ = try $0.insertAgent(
                        Agent(
                            id: AgentID(id),
                            projectID: .local,
                            agentType: "demo",
                            isDefault: false,
                            createdAt: moment,
                            updatedAt: moment
                        )
                    )
                    try $0.addSession(.sample(SessionID(id), at: moment))
                }
            }
            let agents = try await allPages(limit: limit) { page in
                try await store.read { try $0.agents(in: .local, page: page) }
            }
            let order = agents.flatMap { $0 }
            #expect(agents.count == (21 + limit - 1) / limit)
            #expect(Set(order.map(\.id)).count == 21)
            #expect(
                order.map { "\($0.createdAt.milliseconds)\($0.id)" }
                    == order.map { "\($0.createdAt.milliseconds)\($0.id)" }.sorted()
            )
            let sessions = try await allPages(limit: limit) { page in
                try await store.read { try $0.sessions(in: .local, workspace: "w", page: page) }
            }
            #expect(sessions.flatMap { $0 }.map(\.id.rawValue) == order.map(\.id.rawValue).reversed())
        }
    }

    @Test("a page continues where the last ended, whatever came or went meanwhile")
    func changesMeanwhile() async throws {
        try await withStore { store, _ in
            for name in ["b", "d", "f", "h"] {
                try await store.write { try $0.insertWorkspace(.sample(WorkspaceID(name)), mirrorPath: "/m") }
            }
            let first = try await store.read { try $0.workspaces(in: .local, page: PageRequest(limit: 2)) }
            #expect(first.items.map(\.id) == ["b", "d"])
            try await store.write {
                _ = try $0.deleteWorkspace("d")
                try $0.insertWorkspace(.sample("a"), mirrorPath: "/m")
                try $0.insertWorkspace(.sample("e"), mirrorPath: "/m")
            }
            let second = try await store.read {
                try $0.workspaces(in: .local, page: PageRequest(limit: 10, cursor: first.nextCursor))
            }
            #expect(second.items.map(\.id) == ["e", "f", "h", "w"])
            #expect(second.nextCursor == nil)
        }
    }

    @Test(
        "a cursor no list gave is refused",
        arguments: [
            "x", "", "=", "not base64!", "YWdlbnRzCjEKYQ==", "YWdlbnRzCjE", "\u{0}", String(repeating: "A", count: 600),
        ]
    )
    func badCursors(text: String) async throws {
        try await withStore { store, _ in
            let error = await #expect(throws: StoreError.self) {
                try await store.read { try $0.agents(in: .local, page: PageRequest(cursor: text)) }
            }
            #expect(error?.fault.kind == .cursorInvalid)
        }
    }

    @Test("another list's cursor is refused")
    func foreignCursor() async throws {
        try await withStore { store, _ in
            try await store.write {
                try $0.insertWorkspace(.sample("x"), mirrorPath: "/m")
            }
            let cursor = try await store.read { try $0.workspaces(in: .local, page: PageRequest(limit: 1)).nextCursor }
            #expect(cursor != nil)
            await #expect(throws: StoreError.self) {
                try await store.read { try $0.agents(in: .local, page: PageRequest(cursor: cursor)) }
            }
        }
    }

    @Test("changed cursors never crash")
    func fuzzedCursors() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let text = Array(ListCursor(list: "agents", number: 1_700_000_000_000, id: "abc").text.utf8)
        for _ in 0..<2000 {
            var changed = text
            changed[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let string = String(decoding: changed, as: UTF8.self)
            do {
                let cursor = try ListCursor(string, of: "agents")
                #expect(cursor.list == "agents")
            } catch {
                #expect(error == .cursorInvalid(string))
            }
        }
    }

    @Test("page sizes stay within 1 and 500", arguments: [(nil, 100), (0, 1), (-5, 1), (7, 7), (9999, 500)])
    func limits(asked: Int?, limit: Int) {
        #expect(PageRequest(limit: asked).limit == limit)
    }

    @Test("messages are listed in the order of the conversation")
    func messages() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                try transaction.addSession(.sample("s"))
                try transaction.addTurn(.sample("t"))
                for number in 0..<5 {
                    try transaction.insertMessage(
                        ["id": .string("m\(9 - number)"), "n": .integer(Int64(number))],
                        id: "m\(9 - number)",
                        session: "s",
                        turn: "t",
                        role: number.isMultiple(of: 2) ? "user" : "assistant"
                    )
                }
            }
            let pages = try await allPages(limit: 2) { page in
                try await store.read { try $0.messages(session: "s", page: page) }
            }
            #expect(pages.map(\.count) == [2, 2, 1])
            #expect(pages.flatMap { $0 }.map { $0["n"]?.integerValue } == [0, 1, 2, 3, 4])
            #expect(try await store.read { try $0.message("m7", session: "s")?["n"]?.integerValue } == 2)
            #expect(try await store.read { try $0.message("m7", session: "other") } == nil)
        }
    }
}
