import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

@Suite("A call", .timeLimit(.minutes(1)))
struct CallTests {
    private struct Secret: Error {
        var password = "hunter2"
    }

    @Test("params are decoded, the service is asked once, the result is encoded")
    func result() async {
        let table = OperationTable.forTests()
        let notes = Notes()
        table.register(GetPreference.self) { params, call in
            notes.add("\(params.key) \(call.principal.name) \(call.requestID)")
            return .example
        }
        let answer = await table.call("preference.get", #"{"key":"a"}"#)
        #expect(answer.text?.contains(#""key":"chat.defaultModel""#) == true)
        #expect(notes.all == ["a Anonymous User r1"])
    }

    @Test("an unknown method is refused with the nearest names")
    func unknownMethod() async {
        let table = OperationTable.forTests()
        table.register(GetPreference.self) { _, _ in .example }
        let fault = await table.call("preference.gte", "{}").fault
        #expect(fault?.kind == .methodNotFound)
        #expect(fault?.details["suggestions"] == ["preference.get"])
        #expect(fault?.hint == "Did you mean 'preference.get'?")
        #expect(table.unknownMethod("rpc.pnig").details["suggestions"]?[0] == "rpc.ping")
        let far = table.unknownMethod(String(repeating: "z", count: 1 << 20))
        #expect(far.details["suggestions"] == nil)
        #expect(far.message.utf8.count < 300)
    }

    @Test("text that is no JSON is a parse error with its place")
    func noJSON() async {
        let table = OperationTable.forTests()
        table.register(GetPreference.self) { _, _ in .example }
        for text in ["", "{", #"{"key":"a","key":"b"}"#, #"{"key":"a"} x"#, "{\"key\":\"\u{1}\"}"] {
            let fault = await table.call("preference.get", text).fault
            #expect(fault?.kind == .parseError, "\(text)")
            #expect(fault?.details["offset"]?.integerValue != nil, "\(text)")
        }
    }

    @Test("an unexpected error is logged once and its text stays inside")
    func unexpectedError() async {
        let log = LogRecord()
        let table = OperationTable.forTests(logger: log.logger(.info))
        table.register(GetPreference.self) { _, _ in throw Secret() }
        let fault = await table.call("preference.get", #"{"key":"a"}"#).fault
        #expect(fault?.kind == .internalError)
        #expect(fault?.message.contains("hunter2") == false)
        #expect(fault?.details["incident"] == "r1")
        #expect(log.all.count == 1)
        #expect(log.all.first?.hasPrefix("error call failed unexpectedly") == true)
        #expect(log.all.first?.contains("hunter2") == true)
    }

    @Test("a fault of the service reaches the caller as it is")
    func fault() async {
        let table = OperationTable.forTests()
        let refusal = Fault.invalidState("Busy.", reason: "session.busy", state: "running")
        table.register(GetPreference.self) { _, _ in throw refusal }
        #expect(await table.call("preference.get", #"{"key":"a"}"#).fault == refusal)
    }

    @Test("one line is logged for each call, with its outcome and nothing of its params")
    func logLine() async {
        let log = LogRecord()
        let table = OperationTable.forTests(logger: log.logger())
        table.register(GetPreference.self) { _, _ in .example }
        _ = await table.call("preference.get", #"{"key":"private","_meta":{"traceparent":"00-ab-cd-01"}}"#)
        _ = await table.call("preference.get", "{}")
        #expect(log.all.count == 2)
        #expect(log.all[0].contains("rpc.outcome=ok") && log.all[0].contains("trace.parent=00-ab-cd-01"))
        #expect(log.all[1].contains("rpc.outcome=InvalidParams"))
        #expect(!log.all[0].contains("private"))
    }

    @Test("an answer over the limit is refused and says what to do")
    func answerLimit() async {
        let table = OperationTable.forTests(answerLimit: 100)
        table.register(GetPreference.self) { _, _ in
            Preference(key: "k", value: String(repeating: "x", count: 200), updatedAt: .example)
        }
        let fault = await table.call("preference.get", #"{"key":"a"}"#).fault
        #expect(fault?.kind == .responseTooLarge)
        #expect(fault?.details["limit"] == 100)
    }

    @Test("the idempotency key of _meta goes before that of the transport")
    func idempotencyKey() async {
        let table = OperationTable.forTests()
        table.register(GetPreference.self) { _, call in
            Preference(key: "k", value: call.idempotencyKey ?? "none", updatedAt: .example)
        }
        let call = Call(principal: .anonymous, requestID: "r", idempotencyKey: "header")
        let meta = Array(#"{"key":"a","_meta":{"idempotencyKey":"meta"}}"#.utf8)
        #expect(await table.call("preference.get", params: meta, call: call).text?.contains(#""value":"meta""#) == true)
        let bare = Array(#"{"key":"a"}"#.utf8)
        #expect(
            await table.call("preference.get", params: bare, call: call).text?.contains(#""value":"header""#) == true
        )
    }

    @Test("a stream is opened, not called; what is no stream cannot be opened")
    func streams() async throws {
        let table = OperationTable.forTests()
        table.register(stream: SubscribeEvents.self) { params, _ in
            LogReader(cursor: "event.local:1", head: "event.local:2") { nil }
        }
        table.register(GetPreference.self) { _, _ in .example }
        #expect(table.isStream("event.subscribe"))
        #expect(!table.isStream("preference.get") && !table.isStream("no.such"))
        #expect(await table.call("event.subscribe", "{}").fault?.kind == .invalidRequest)
        let opened = try await table.open("event.subscribe", params: Array("{}".utf8), call: .test).get()
        #expect(opened.notification == "event" && opened.reader.head == "event.local:2")
        let wrong = await table.open("preference.get", params: Array(#"{"key":"a"}"#.utf8), call: .test)
        #expect(wrong.fault?.kind == .invalidRequest)
        let bad = await table.open("event.subscribe", params: Array(#"{"from":{"type":"x"}}"#.utf8), call: .test)
        #expect(bad.fault?.details["pointer"] == "/from/type")
    }

    @Test("operations the caller serves by itself get the same checks")
    func ownParams() throws {
        let table = OperationTable.forTests()
        #expect(try table.params(of: RPCCancel.self, from: Array(#"{"id":"a"}"#.utf8)).id == .string("a"))
        let fault = #expect(throws: Fault.self) { try table.params(of: RPCCancel.self, from: Array("{}".utf8)) }
        #expect(fault?.details["pointer"] == "/id")
        #expect(throws: Fault.self) { try table.params(of: RPCCancel.self, from: Array("[]".utf8)) }
    }

    @Test("HTTP lets unknown members through, the socket does not")
    func unknownMembers() async {
        let table = OperationTable.forTests()
        table.register(GetPreference.self) { _, _ in .example }
        #expect(await table.call("preference.get", #"{"key":"a","x":1}"#).fault?.details["pointer"] == "/x")
        #expect(await table.call("preference.get", #"{"key":"a","x":1}"#, unknownMembers: .ignore).fault == nil)
        let miscased = await table.call("preference.get", #"{"key":"a","KEY":1}"#, unknownMembers: .ignore)
        #expect(miscased.fault?.kind == .invalidParams)
    }
}
