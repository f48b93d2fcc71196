import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

@Suite("Access", .timeLimit(.minutes(1)))
struct AccessTests {
    /// Members of `local` only, as the daemon answers (decision 48).
    private static let membersOfLocal: Authorizer = { access, project, principal throws(Fault) in
        guard access.isProjectScoped, project != .local else { return }
        throw Fault(.permissionDenied, "No access.")
    }

    @Test("somebody else's project is denied before the service is asked", arguments: Operations.all.map(\.name))
    func foreignProject(name: String) async throws {
        let operation = try #require(Operations.named(name))
        guard operation.access.isProjectScoped else { return }
        let table = OperationTable.forTests(authorize: Self.membersOfLocal)
        let notes = Notes()
        table.bindExamples(notes)
        var params = operation.exampleParams.objectValue ?? [:]
        params["projectId"] = "somebody-elses"
        let bytes = JSONValue.object(params).serialized()
        let fault =
            operation.stream == nil
            ? await table.call(name, params: bytes, call: .test).fault
            : await table.open(name, params: bytes, call: .test).fault
        #expect(fault?.kind == .permissionDenied)
        #expect(notes.all.isEmpty)
    }

    @Test("a call that names no project means local; what needs none is asked about none")
    func projects() async {
        let seen = Notes()
        let table = OperationTable.forTests { access, project, principal in
            seen.add("\(access.rawValue) \(project?.rawValue ?? "-") \(principal.userID)")
        }
        table.bindExamples(Notes())
        _ = await table.call("session.get", #"{"sessionId":"s1"}"#)
        _ = await table.call("session.get", #"{"sessionId":"s1","projectId":"p2"}"#)
        _ = await table.call("preference.get", #"{"key":"a"}"#)
        _ = await table.call("system.config", "{}")
        _ = await table.call("system.health", "{}")
        #expect(
            seen.all == [
                "member local \(UserID.anonymous)", "member p2 \(UserID.anonymous)", "user - \(UserID.anonymous)",
                "operator - \(UserID.anonymous)", "public - \(UserID.anonymous)",
            ]
        )
    }

    @Test("bad params are told before access, so that nothing depends on who asks")
    func order() async {
        let table = OperationTable.forTests { _, _, _ throws(Fault) in throw Fault(.permissionDenied, "No.") }
        table.bindExamples(Notes())
        #expect(await table.call("session.get", "{}").fault?.kind == .invalidParams)
        #expect(await table.call("session.get", #"{"sessionId":"s1"}"#).fault?.kind == .permissionDenied)
    }

    @Test("hand-written routes get the same check")
    func admission() async {
        let table = OperationTable.forTests(authorize: Self.membersOfLocal)
        await #expect(throws: Never.self) {
            try await table.admit(to: SubscribeChat.self, project: .local, .test)
        }
        await #expect(throws: Fault.self) { try await table.admit(to: SubscribeChat.self, project: "p2", .test) }
        table.beginShutdown()
        let fault = await #expect(throws: Fault.self) {
            try await table.admit(to: SubscribeChat.self, project: .local, .test)
        }
        #expect(fault?.kind == .shuttingDown)
    }
}

extension OperationTable {
    /// Binds every operation to its example.
    func bindExamples(_ notes: Notes) {
        func bind<Declaration: OctobotAPI.Operation>(_ declaration: Declaration.Type) {
            register(declaration) { _, _ in
                notes.add(declaration.name)
                return declaration.exampleResult
            }
        }
        for operation in Operations.all where operation.stream == nil { bind(operation.declaration) }
        register(stream: SubscribeChat.self) { _, _ in
            notes.add(SubscribeChat.name)
            return LogReader(cursor: "chat.s1:0", head: "chat.s1:0") { nil }
        }
        register(stream: SubscribeEvents.self) { _, _ in
            notes.add(SubscribeEvents.name)
            return LogReader(cursor: "event.local:0", head: "event.local:0") { nil }
        }
        register(stream: SubscribeExec.self) { _, _ in
            notes.add(SubscribeExec.name)
            return LogReader(cursor: "exec.x:0", head: "exec.x:0") { nil }
        }
        register(stream: SubscribeTerminal.self) { _, _ in
            notes.add(SubscribeTerminal.name)
            return LogReader(cursor: "terminal.x:0", head: "terminal.x:0") { nil }
        }
        register(stream: SubscribeService.self) { _, _ in
            notes.add(SubscribeService.name)
            return LogReader(cursor: "service.x:0", head: "service.x:0") { nil }
        }
    }
}
