import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("Checking traffic")
struct TrafficTests {
    private let validator = TrafficValidator()

    private func violation(_ body: () throws(TrafficValidator.Violation) -> Void) -> String? {
        do throws(TrafficValidator.Violation) {
            try body()
            return nil
        } catch {
            return error.description
        }
    }

    private static let error: JSONValue = [
        "code": 1101, "message": "No session.",
        "data": ["type": "NotFound", "retryable": false, "requestId": "1", "details": ["id": "s1"]],
    ]

    @Test("what is declared passes")
    func good() {
        for operation in Operations.all {
            #expect(
                violation { () throws(TrafficValidator.Violation) in
                    try validator.check(params: operation.exampleParams, of: operation.name)
                    try validator.check(result: operation.exampleResult, of: operation.name)
                } == nil
            )
        }
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(error: Self.error, of: "session.get")
            } == nil
        )
    }

    @Test("what is not declared is found")
    func bad() {
        let result: JSONValue = ["instance": "i", "extra": 1]
        #expect(
            violation { () throws(TrafficValidator.Violation) in try validator.check(result: result, of: "rpc.ping") }
                == "the result of rpc.ping: '/extra' is not known here."
        )
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(error: Self.error, of: "session.list")
            }
                == "the error of session.list: NotFound is not declared"
        )
        var wrongCode = Self.error.objectValue ?? [:]
        wrongCode["code"] = 1102
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(error: .object(wrongCode), of: "session.get")
            } == "the error of session.get: code or retryable is not that of NotFound"
        )
        #expect(
            violation { () throws(TrafficValidator.Violation) in try validator.check(params: [:], of: "no.such") }
                == "no.such is not declared"
        )
        #expect(
            violation { () throws(TrafficValidator.Violation) in try validator.check(notification: "news", params: [:])
            }
                == "the notification news is not declared"
        )
    }

    @Test("bytes are an item of members, checked as such")
    func bytes() throws {
        let piece: [String: JSONValue] = [
            "subscription": "s", "n": 1, "cursor": "exec.s1:4", "type": "bytes", "offset": 0, "data": "out\n",
            "encoding": "utf8",
        ]
        let program = piece.merging(["channel": "stdout"]) { $1 }
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(notification: "exec", params: .object(program))
                try validator.check(notification: "terminal", params: .object(piece))
            } == nil
        )
        for (method, params) in [("exec", piece), ("terminal", program)] {
            #expect(
                violation { () throws(TrafficValidator.Violation) in
                    try validator.check(notification: method, params: .object(params))
                } != nil
            )
        }
    }

    @Test("notifications of streams are checked with their items")
    func notifications() throws {
        let head: [String: JSONValue] = ["subscription": "s", "n": 1, "cursor": "chat.s1:4"]
        let item = try JSONCoding.decode(JSONValue.self, from: JSONCoding.encode(SubscribeChat.exampleItem))
        let event = head.merging(["type": "event", "data": item, "at": "2026-01-02T03:04:05.678Z"]) { $1 }
        let bad = event.merging(["data": ["kind": "chunk", "turnId": "t1", "n": 0, "chunk": ["type": "x"]]]) { $1 }
        let more: [[String: JSONValue]] = [
            ["type": "synced"], ["type": "bookmark"], ["type": "end", "reason": "removed", "resume": "chat.s1:4"],
            ["type": "gap", "reason": "retention", "from": "chat.s1:1", "to": "chat.s1:3"],
            ["type": "snapshot", "items": [], "more": false],
        ]
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(notification: "chat", params: .object(event))
                for members in more {
                    try validator.check(notification: "chat", params: .object(head.merging(members) { $1 }))
                }
                try validator.check(
                    notification: "rpc.goaway",
                    params: ["reason": "shuttingDown", "deadlineMs": 10_000]
                )
                try validator.check(notification: "rpc.error", params: Self.error)
            } == nil
        )
        #expect(
            violation { () throws(TrafficValidator.Violation) in
                try validator.check(notification: "chat", params: .object(bad))
            } == "the item of chat: '/n' must be at least 1."
        )
    }

    @Test("a conversation pairs answers with calls")
    func conversation() {
        let conversation = ConversationValidator()
        conversation.sent(Array(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#.utf8))
        conversation.sent(Array(#"[{"jsonrpc":"2.0","id":"a","method":"job.get","params":{"jobId":7}}]"#.utf8))
        conversation.sent(Array("no JSON".utf8))
        conversation.received(Array(#"{"jsonrpc":"2.0","id":1,"result":{"instance":"i"}}"#.utf8))
        let refusal =
            #"{"code":-32602,"message":"m","data":{"type":"InvalidParams","retryable":false,"requestId":"r"}}"#
        conversation.received(Array(#"[{"jsonrpc":"2.0","id":"a","error":\#(refusal)}]"#.utf8))
        #expect(conversation.violations == [])
        conversation.received(Array(#"{"jsonrpc":"2.0","id":1,"result":{"instance":"i"}}"#.utf8))
        #expect(conversation.violations.count == 1)
        conversation.received(Array("{}".utf8))
        conversation.received(Array("{".utf8))
        #expect(conversation.violations.count == 3)
    }

    @Test("params the daemon accepted although the schema refuses them are found")
    func acceptedParams() {
        let conversation = ConversationValidator()
        conversation.sent(Array(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping","params":{"x":1}}"#.utf8))
        conversation.received(Array(#"{"jsonrpc":"2.0","id":1,"result":{"instance":"i"}}"#.utf8))
        #expect(conversation.violations == ["the params of rpc.ping: '/x' is not known here."])
    }
}
