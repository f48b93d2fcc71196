import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import OctobotServices
import OctobotSocket
import OctobotTestSupport
import Testing

@Suite("snapshots and gaps", .timeLimit(.minutes(1)))
struct SnapshotTests {
    private static let parts = [[message(1), message(2)], [message(3)], [message(4), message(5)]]

    private static func message(_ n: Int) -> String { #"{"id":"m\#(n)","parts":[],"role":"user"}"# }

    private func fill(_ chat: ToyLog, partsAllowed: Int) {
        chat.state.update {
            $0.parts = Self.parts
            $0.partsAllowed = partsAllowed
        }
        for n in 1...3 {
            chat.append(#"{"kind":"chunk","turnId":"t","n":\#(n),"chunk":{"type":"text-delta","delta":"a"}}"#)
        }
    }

    @Test("the parts of a snapshot come first; only the last carries the cursor to go on after it")
    func parts() async throws {
        try await TestSocket.run { socket in
            fill(socket.chat, partsAllowed: 3)
            let conversation = try socket.connect()
            let answer = try await conversation.call(
                "chat.subscribe",
                ["sessionId": "s", "from": ["type": "snapshot"]]
            )
            #expect(answer["result"]?["cursor"] == "chat.s:0")
            for (index, part) in Self.parts.enumerated() {
                let params = try await conversation.notification("chat")
                #expect(params["type"] == "snapshot" && params["n"] == .integer(Int64(index + 1)))
                #expect(params["items"]?.arrayValue?.map { $0.serialized() } == part.map { Array($0.utf8) })
                #expect(params["more"] == .bool(index < 2))
                #expect(params["cursor"] == .string(index < 2 ? "chat.s:0" : "chat.s:2"))
            }
            let next = try await conversation.notification("chat")
            #expect(next["type"] == "event" && next["cursor"] == "chat.s:3" && next["n"] == 4)
            #expect(try await conversation.notification("chat")["type"] == "synced")
            #expect(conversation.violations == [])
        }
    }

    @Test("an empty snapshot is a part without items")
    func empty() async throws {
        try await TestSocket.run { socket in
            fill(socket.chat, partsAllowed: 1)
            socket.chat.state.update { $0.parts = [[]] }
            let conversation = try socket.connect()
            _ = try await conversation.call("chat.subscribe", ["sessionId": "s", "from": ["type": "snapshot"]])
            let part = try await conversation.notification("chat")
            #expect(part["items"] == [] && part["more"] == false && part["cursor"] == "chat.s:2")
            #expect(conversation.violations == [])
        }
    }

    @Test("events have no snapshot, and the refusal says what there is")
    func refused() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let answer = try await conversation.call("event.subscribe", ["from": ["type": "snapshot"]])
            #expect(answer["error"]?["code"] == -32602)
            #expect(answer["error"]?["data"]?["details"]?["pointer"] == "/from/type")
            #expect(answer["error"]?["data"]?["details"]?["expected"] == "now, start, cursor")
            #expect(conversation.violations == [])
        }
    }

    @Test("a gap says what is missing and where reading goes on")
    func gap() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...6)
            socket.log.state.update { $0.gap = (from: 2, to: 5) }
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", ["from": ["type": "start"]])
            for n in 1...2 {
                #expect(try await conversation.notification()["cursor"] == .string("event.local:\(n)"))
            }
            let gap = try await conversation.notification()
            #expect(gap["type"] == "gap" && gap["reason"] == "retention" && gap["n"] == 3)
            #expect(gap["from"] == "event.local:2" && gap["to"] == "event.local:5")
            #expect(gap["cursor"] == "event.local:5")
            #expect(try await conversation.notification()["cursor"] == "event.local:6")
            #expect(conversation.violations == [])
        }
    }

    @Test("the client sees a gap")
    func clientGap() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...6)
            socket.log.state.update { $0.gap = (from: 2, to: 5) }
            try await OctobotClient.with(DaemonEndpoint(socketPath: socket.path)) { client in
                var seen: [String] = []
                for try await element in client.events(SubscribeEvents.Params(from: .start)) {
                    if case .item(_, let cursor, _, _) = element { seen.append(cursor) }
                    if case .gap(let reason, let from, let to) = element { seen += [reason, from, to] }
                    if case .synced = element { break }
                }
                let wanted = ["event.local:1", "event.local:2", "retention", "event.local:2", "event.local:5"]
                #expect(seen == wanted + ["event.local:6"])
            }
        }
    }

    @Test(
        "a client whose daemon dies between two parts gets every message and every entry once",
        arguments: 1...3,
        [true, false]
    )
    func resumption(partsBefore: Int, isGraceful: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "s").path(percentEncoded: false)
            let chat = ToyLog("chat.s")
            fill(chat, partsAllowed: partsBefore)
            let before = Self.parts.prefix(partsBefore).joined().count + (partsBefore == 3 ? 1 : 0)
            let seen = Watched<[String]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await TestSocket.run(at: path, chat: chat) { socket in
                    _ = try await socket.connect().call("rpc.ping")
                    group.addTask { try await Self.follow(path, into: seen) }
                    try await seen.wait { $0.count == before }
                    guard isGraceful else { return }
                    await socket.stop()
                    try await socket.end()
                }
                chat.state.update { $0.partsAllowed = 3 }
                try await TestSocket.run(at: path, chat: chat) { _ in
                    try await seen.wait { $0.count == 6 }
                    chat.append(#"{"kind":"turn","turnId":"t","state":"completed"}"#)
                    try await seen.wait { $0.count == 7 }
                }
                group.cancelAll()
                // The stream ends by its cancellation, or by what the end of the second daemon tells it.
                while (try? await group.next()) != nil {}
            }
            #expect(seen.value == Self.parts.joined() + ["chat.s:3", "chat.s:4"])
        }
    }

    private static func follow(_ path: String, into seen: Watched<[String]>) async throws {
        try await OctobotClient.with(DaemonEndpoint(socketPath: path)) { client in
            for try await element in client.chat(SubscribeChat.Params(sessionID: "s", from: .snapshot)) {
                switch element {
                case .snapshot(let items, _):
                    seen.update { $0 += items.map { String(decoding: $0, as: UTF8.self) } }
                case .item(_, let cursor, _, _): seen.update { $0.append(cursor) }
                default: break
                }
            }
        }
    }
}
