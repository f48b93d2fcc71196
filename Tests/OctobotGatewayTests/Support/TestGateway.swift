import Logging
import NIOCore
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServer
import OctobotServices
import ServiceLifecycle
import Synchronization

/// A gateway on a free port over toy operations, running while a test's body runs.
struct TestGateway: Sendable {
    let port: Int
    let table: OperationTable
    let streams: ToyStreams
    /// The calls that reached a service, by name.
    let calls: CallRecord
    let service: GatewayService

    final class CallRecord: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    struct Everyone: PeerAdmission {
        func admits(local: SocketAddress, remote: SocketAddress) async -> Bool { true }
    }

    static func run<Result: Sendable>(
        operations: [AnyOperation] = toyOperations,
        peers: any PeerAdmission = Everyone(),
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        register: (OperationTable, CallRecord) -> Void = { _, _ in },
        _ body: @Sendable (TestGateway) async throws -> Result
    ) async throws -> Result {
        var configuration = GatewayConfiguration(endpoint: .bind(host: "127.0.0.1", port: 0))
        configure(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let table = OperationTable(logger: logger) { _, project, _ throws(Fault) in
            if project == "foreign" { throw Fault(.permissionDenied, "No member.") }
        }
        let calls = CallRecord()
        registerToys(in: table, calls)
        register(table, calls)
        let streams = ToyStreams()
        let service = try await GatewayService.bind(
            configuration,
            table: table,
            streams: streams,
            peers: peers,
            operations: operations,
            logger: logger
        )
        let gateway = TestGateway(
            port: service.address.port ?? 0,
            table: table,
            streams: streams,
            calls: calls,
            service: service
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let result = try await body(gateway)
            group.cancelAll()
            return result
        }
    }

    private static func registerToys(in table: OperationTable, _ calls: CallRecord) {
        table.register(GetThing.self) { params, _ in
            calls.add(GetThing.name)
            if params.thingID == "missing" { throw Fault.notFound("thing", "missing") }
            return params
        }
        table.register(CreateThing.self) { params, call in
            calls.add(CreateThing.name)
            if call.idempotencyKey == "known" { call.replay.make() }
            return params
        }
        table.register(DeleteThing.self) { _, _ in
            calls.add(DeleteThing.name)
            return Empty()
        }
        table.register(ListThings.self) { params, _ in
            calls.add(ListThings.name)
            if params.cursor == nil { return Page(items: [Thing(thingID: "a")], nextCursor: "next") }
            return Page(items: [Thing(thingID: "b")])
        }
        table.register(WaitThing.self) { params, _ in
            calls.add(WaitThing.name)
            try await Task.sleep(for: .seconds(600))  // ok: it ends by being cancelled
            return params
        }
        table.register(SendChat.self) { params, _ in
            calls.add(SendChat.name)
            if params.sessionID == "busy" {
                throw Fault.invalidState("A turn runs.", reason: "session.busy", state: "running")
            }
            if params.sessionID == "new", params.create == nil { throw Fault.notFound("session", params.sessionID) }
            return SentPrompt(
                turnID: "t1",
                messageID: params.message?.id ?? "m1",
                sessionID: params.sessionID,
                state: .queued,
                position: 0,
                cursor: "chat.s1:0"
            )
        }
        table.register(CancelChat.self) { params, _ in
            calls.add(CancelChat.name)
            guard params.sessionID == "s1" else { throw Fault.notFound("session", params.sessionID) }
            return Turn(
                id: "t1",
                sessionID: "s1",
                messageID: "m1",
                state: .cancelled,
                createdAt: Timestamp(milliseconds: 0)
            )
        }
        table.register(AnswerApproval.self) { params, _ in
            calls.add(AnswerApproval.name)
            return Approval(
                id: params.approvalID,
                sessionID: "s1",
                turnID: "t1",
                toolCallID: "c1",
                kind: .question,
                state: .answered,
                questions: [],
                answers: params.answers,
                createdAt: Timestamp(milliseconds: 0)
            )
        }
    }
}

extension TestGateway {
    /// One request on a connection of its own.
    func request(
        _ method: String,
        _ path: String,
        fields: [String: String] = [:],
        body: String? = nil
    ) async throws -> RawConnection.Answer {
        try await RawConnection.with(port: port) { connection in
            try await connection.send(text(method, path, fields: fields, body: body))
            return try await connection.answer(hasBody: method != "HEAD")
        }
    }

    func text(_ method: String, _ path: String, fields: [String: String] = [:], body: String? = nil) -> String {
        var all = ["Host": "127.0.0.1:\(port)"]
        if let body {
            all["Content-Length"] = "\(body.utf8.count)"
            all["Content-Type"] = "application/json"
        }
        all.merge(fields) { _, given in given }
        let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return "\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")"
    }
}
