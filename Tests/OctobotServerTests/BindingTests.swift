import Foundation
import GitCommand
import JSONRPC
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotServer
import OctobotServices
import OctobotStore
import OctobotTestSupport
import Sealing
import Testing

/// The table of the daemon: the declarations bound to real services on a real store.
@Suite("The daemon’s table", .timeLimit(.minutes(2)))
struct BindingTests {
    private func withTable(_ body: @Sendable (OperationTable) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false)
            let root = path.hasSuffix("/") ? String(path.dropLast()) : path
            try FileManager.default.createDirectory(atPath: root + "/home", withIntermediateDirectories: true)
            let store = try await Store(path: root + "/octobot.db")
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let programs = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let git = try Git(directory: root + "/git", environment: ["HOME": root + "/home", "PATH": programs])
            let services = Services(
                store: store,
                providers: SandboxProviders([MockProvider()], preferred: "mock"),
                repositories: Repositories(
                    git: git,
                    folder: root + "/workspaces",
                    home: root + "/home",
                    logger: logger
                ),
                keys: SealingKeys(KeyRing(try SecretKey.random()), source: .external("A key of the test's.")),
                facts: SystemService.Facts(version: "0.1.0", socket: root + "/s", configuration: []),
                instance: "i1",
                idleTimeout: nil,
                logger: logger,
                shutDown: {}
            )
            try await services.recover()
            try await body(OperationTable(services: services, logger: logger))
            try store.close()
        }
    }

    /// Makes a call, and holds answer or error against the declarations.
    private func checked(_ table: OperationTable, _ name: String, _ params: JSONValue) async throws -> JSONValue? {
        let validator = TrafficValidator()
        let result = await table.call(name, params: params.serialized(), call: .test)
        switch result {
        case .success(let bytes):
            let value = try JSONValue(parsing: bytes)
            try validator.check(params: params, of: name)
            try validator.check(result: value, of: name)
            return value
        case .failure(let fault):
            try validator.check(error: fault.rpcError(requestID: "r1").json, of: name)
            return nil
        }
    }

    @Test("every declared operation is bound")
    func complete() async throws {
        try await withTable { table in
            #expect(table.unboundOperations == [])
            #expect(table.boundOperations.count == Operations.all.count { !$0.name.hasPrefix("rpc.") })
            for operation in Operations.all { #expect(table.isStream(operation.name) == (operation.stream != nil)) }
        }
    }

    @Test("what the services answer is what the declarations promise")
    func answers() async throws {
        try await withTable { table in
            for name in [
                "system.health", "system.status", "system.version", "system.config", "system.supportInfo",
                "auth.logout",
            ] {
                #expect(try await checked(table, name, [:]) != nil, "\(name)")
            }
            #expect(try await checked(table, "system.serverConfig", [:]) == ["ssh_port": 0])
            let me = try await checked(table, "auth.me", [:])
            #expect(
                me == [
                    "id": "00000000-0000-0000-0000-000000000001", "email": "anonymous@local", "name": "Anonymous User",
                    "provider": "",
                ]
            )
            #expect(try await checked(table, "project.get", [:])?["id"] == "local")
            #expect(try await checked(table, "workspace.providers", [:])?["default"] == "mock")
            #expect(try await checked(table, "workspace.provider", ["provider": "mock"]) != nil)
            let agent = try await checked(table, "agent.create", ["agentType": "demo"])
            #expect(agent?["isDefault"] == true)
            #expect(try await checked(table, "agent.models", ["agentId": agent?["id"] ?? .null]) == ["items": []])
            #expect(try await checked(table, "agent.setDefault", ["agentId": agent?["id"] ?? .null]) != nil)
            let set = try await checked(table, "preference.set", ["key": "a", "value": "b"])
            #expect(set?["value"] == "b")
            #expect(try await checked(table, "preference.setAll", ["preferences": ["b": "c"]]) != nil)
            for name in [
                "project.list", "workspace.list", "agent.types", "agent.list", "session.list", "session.kept",
                "approval.list", "job.list", "preference.list", "system.routes", "agent.authProviders",
            ] {
                let page = try await checked(table, name, Self.isPaged(name) ? ["limit": 1] : [:])
                #expect(page?["items"]?.arrayValue != nil, "\(name)")
            }
        }
    }

    private static func isPaged(_ name: String) -> Bool {
        Operations.named(name)?.parameters.contains { $0.name == "limit" } ?? false
    }

    @Test("the examples meet nothing, and what they meet is declared", arguments: Operations.all.map(\.name))
    func examples(name: String) async throws {
        let operation = try #require(Operations.named(name))
        guard !name.hasPrefix("rpc."), operation.stream == nil, name != "workspace.create" else { return }
        try await withTable { table in _ = try await checked(table, name, operation.exampleParams) }
    }

    @Test("an unknown project reads like one without membership")
    func unknownProject() async throws {
        try await withTable { table in
            let fault = await table.call("session.list", #"{"projectId":"no-such"}"#).fault
            #expect(fault?.kind == .permissionDenied)
            #expect(await table.call("project.get", #"{"projectId":"no-such"}"#).fault?.kind == .permissionDenied)
            #expect(await table.call("session.get", #"{"sessionId":"no-such"}"#).fault?.kind == .notFound)
        }
    }

    @Test("streams open where they are asked to, and forged cursors are refused")
    func streams() async throws {
        try await withTable { table in
            let opened = try await table.open("event.subscribe", params: Array("{}".utf8), call: .test).get()
            #expect(opened.notification == "event")
            #expect(opened.reader.cursor == opened.reader.head)
            let forged = Array(#"{"from":{"type":"cursor","cursor":"chat.s1:9"}}"#.utf8)
            let fault = await table.open("event.subscribe", params: forged, call: .test).fault
            #expect(fault?.kind == .cursorInvalid)
            let missing = Array(#"{"sessionId":"no-such"}"#.utf8)
            #expect(await table.open("chat.subscribe", params: missing, call: .test).fault?.kind == .notFound)
        }
    }
}
