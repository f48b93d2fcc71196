import JSONText
import OctobotAPI
import OctobotModel
import OctobotSocket
import Testing

@Suite("subscriptions", .timeLimit(.minutes(1)))
struct SubscriptionTests {
    @Test("the answer comes first, then history, synced and live entries, numbered without a gap")
    func order() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...3)
            let conversation = try socket.connect()
            try conversation.request("event.subscribe", ["from": ["type": "start"]], id: "sub")
            let answer = try await conversation.next()
            #expect(answer["id"] == "sub")
            #expect(answer["result"] == ["subscription": "s1", "cursor": "event.local:0", "head": "event.local:3"])
            for n in 1...3 {
                let params = try await conversation.notification()
                #expect(params["subscription"] == "s1")
                #expect(params["type"] == "event")
                #expect(params["n"] == .integer(Int64(n)))
                #expect(params["cursor"] == .string("event.local:\(n)"))
                #expect(params["at"] == "2023-11-14T22:13:20.000Z")
                #expect(params["data"]?["data"]?["jobId"] == .string("j\(n)"))
            }
            let synced = try await conversation.notification()
            #expect(synced["type"] == "synced" && synced["n"] == 4 && synced["cursor"] == "event.local:3")
            socket.log.appendEvents(4...4)
            let live = try await conversation.notification()
            #expect(live["n"] == 5 && live["cursor"] == "event.local:4")
            #expect(conversation.violations == [])
        }
    }

    @Test("a cursor continues after the entry it came with, on any connection")
    func cursor() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...9)
            let conversation = try socket.connect()
            let from: JSONValue = ["from": ["type": "cursor", "cursor": "event.local:7"]]
            _ = try await conversation.call("event.subscribe", from)
            #expect(try await conversation.notification()["cursor"] == "event.local:8")
            let wrong = try await conversation.call(
                "event.subscribe",
                ["from": ["type": "cursor", "cursor": "chat.x:7"]]
            )
            #expect(wrong["error"]?["code"] == 1402)
            #expect(conversation.violations == [])
        }
    }

    @Test("several subscriptions of one connection count by themselves")
    func several() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            for name in ["s1", "s2"] {
                let answer = try await conversation.call("event.subscribe", [:])
                #expect(answer["result"]?["subscription"] == .string(name))
            }
            for _ in 1...2 { #expect(try await conversation.notification()["type"] == "synced") }
            socket.log.appendEvents(1...1)
            var seen: [String: JSONValue] = [:]
            for _ in 1...2 {
                let params = try await conversation.notification()
                seen[params["subscription"]?.stringValue ?? ""] = params["n"]
            }
            #expect(seen == ["s1": 2, "s2": 2])
            #expect(conversation.violations == [])
        }
    }

    @Test("a quiet stream says where it is every fifteen seconds, and not sooner after an entry")
    func bookmarks() async throws {
        let clock = ManualClock()
        try await TestSocket.run(clock: clock) { socket in
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", [:])
            #expect(try await conversation.notification()["type"] == "synced")
            try await clock.advance(by: .seconds(15), whenSleepingUntil: .seconds(15))
            let bookmark = try await conversation.notification()
            #expect(bookmark["type"] == "bookmark" && bookmark["n"] == 2 && bookmark["cursor"] == "event.local:0")
            // An entry ten seconds later starts the quiet anew.
            try await clock.advance(by: .seconds(10), whenSleepingUntil: .seconds(30))
            socket.log.appendEvents(1...1)
            #expect(try await conversation.notification()["type"] == "event")
            try await clock.advance(by: .seconds(5), whenSleepingUntil: .seconds(30))
            try await clock.advance(by: .seconds(10), whenSleepingUntil: .seconds(40))
            let next = try await conversation.notification()
            #expect(next["type"] == "bookmark" && next["n"] == 4 && next["cursor"] == "event.local:1")
            #expect(conversation.violations == [])
        }
    }

    @Test("unsubscribing ends a subscription once, is no mistake twice, and nothing follows the answer")
    func unsubscribe() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", [:])
            #expect(try await conversation.notification()["type"] == "synced")
            try conversation.request("rpc.unsubscribe", ["subscription": "s1"], id: "u")
            let end = try await conversation.next()["params"]
            #expect(end?["type"] == "end" && end?["reason"] == "unsubscribed" && end?["resume"] == "event.local:0")
            #expect(try await conversation.next()["id"] == "u")
            socket.log.appendEvents(1...5)
            #expect(try await conversation.call("rpc.unsubscribe", ["subscription": "s1"])["result"] == [:])
            #expect(try await conversation.call("thing.get")["result"] != nil)
            for name in ["s2", "s0", "s01", "x", "s-1", "s99999999999999999999"] {
                let unknown = try await conversation.call("rpc.unsubscribe", ["subscription": .string(name)])
                #expect(unknown["error"]?["code"] == 1403, "\(name)")
            }
            conversation.disconnect()
            #expect(try await conversation.rest() == [])
            #expect(conversation.violations == [])
        }
    }

    @Test("the end of the log ends the subscription with its reason")
    func endOfLog() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", [:])
            #expect(try await conversation.notification()["type"] == "synced")
            socket.log.state.update { $0.end = "removed" }
            let end = try await conversation.notification()
            #expect(end["type"] == "end" && end["reason"] == "removed" && end["resume"] == "event.local:0")
            #expect(try await conversation.call("rpc.unsubscribe", ["subscription": "s1"])["result"] == [:])
            #expect(conversation.violations == [])
        }
    }

    @Test("a log that cannot be read ends the subscription with the error and where to come back")
    func failingLog() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...1)
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", ["from": ["type": "start"]])
            #expect(try await conversation.notification()["type"] == "event")
            #expect(try await conversation.notification()["type"] == "synced")
            socket.log.state.update { $0.failure = Fault.unavailable("database", "The disk is full.") }
            let end = try await conversation.notification()
            #expect(end["type"] == "end" && end["reason"] == "failed" && end["resume"] == "event.local:1")
            #expect(end["error"]?["code"] == 1206)
            #expect(conversation.violations == [])
        }
    }

    @Test("subscriptions of a connection are limited; an ended one makes room")
    func limit() async throws {
        try await TestSocket.run {
            $0.limits.subscriptions = 2
        } _: { socket in
            let conversation = try socket.connect()
            for _ in 1...2 { #expect(try await conversation.call("event.subscribe", [:])["result"] != nil) }
            let refused = try await conversation.call("event.subscribe", [:])
            #expect(refused["error"]?["code"] == 1304)
            // A refused one takes no room either.
            let invalid: JSONValue = ["from": ["type": "cursor", "cursor": "nonsense"]]
            _ = try await conversation.call("rpc.unsubscribe", ["subscription": "s1"])
            for _ in 1...3 {
                #expect(try await conversation.call("event.subscribe", invalid)["error"]?["code"] == 1402)
            }
            #expect(try await conversation.call("event.subscribe", [:])["result"] != nil)
            #expect(conversation.violations == [])
        }
    }

    @Test("a client that does not read costs a position: no memory, no delay for others, nothing lost")
    func slowReader() async throws {
        try await TestSocket.run(clock: ManualClock()) {
            $0.limits.stallSeconds = 60
        } _: { socket in
            let total = 5_000
            socket.log.appendEvents(1...total, padding: 2_000)
            let slow = try StillSocket(path: socket.path)
            try slow.write(
                #"{"jsonrpc":"2.0","id":1,"method":"event.subscribe","params":{"from":{"type":"start"}}}"# + "\n"
            )
            let fast = try socket.connect()
            _ = try await fast.call("event.subscribe", ["from": ["type": "start"]])
            for n in 1...total {
                let params = try await fast.notification()
                guard params["n"] == .integer(Int64(n)) else {
                    Issue.record("\(params["n"] ?? .null) instead of \(n)")
                    break
                }
            }
            let ahead = socket.log.state.value.pulls - total
            // What the kernel's buffers and the low mark of the queue take, far from everything.
            #expect(ahead < total / 2, "\(ahead) entries were read for a client that reads nothing")
            let lines = try await slow.lines(total + 2)
            #expect(lines.count == total + 2)
            let last = try JSONValue(parsing: lines[total + 1])
            #expect(last["params"]?["type"] == "synced" && last["params"]?["n"] == .integer(Int64(total + 1)))
            #expect(fast.violations == [])
        }
    }
}
