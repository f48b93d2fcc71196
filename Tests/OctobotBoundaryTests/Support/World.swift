import Foundation
import GitCommand
import JSONRPCTransport
import Logging
import NIOCore
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotSandbox
import OctobotServer
import OctobotSocket
import OctobotTestSupport
import ProviderLogin
import SQLDatabase
import Sealing
import ServiceLifecycle

@testable import OctobotServices
@testable import OctobotStore

/// The daemon without its process: every service on a real store, sandboxes in memory, served on a socket and over HTTP.
struct World: Sendable {
    /// Such as of a socket.
    let folder: String
    let store: Store
    let services: Services
    let table: OperationTable
    let repository: TestRepository
    let socketPath: String
    let gatewayPort: Int

    static func run(_ body: (World) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.path(percentEncoded: false)
            let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
            try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: true)
            let repository = try await TestRepository(at: folder + "/user")
            let store = try await Store(path: folder + "/octobot.db")
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            // A provider nobody listens as: what would go out ends on this machine.
            guard let logins = LoginConfiguration(standIn: "http://127.0.0.1:9") else { return }
            let services = try Self.services(folder, store, logins, logger)
            let table = OperationTable(services: services, logger: logger)
            let gateway = try await GatewayService.bind(
                GatewayConfiguration(endpoint: .bind(host: "127.0.0.1", port: 0)),
                table: table,
                streams: ServiceStreams(services),
                peers: SameUserPeers(users: [geteuid()]),
                logger: logger
            )
            let socket = try await SocketService.bind(
                SocketConfiguration(endpoint: .path(folder + "/s"), version: "0.1.0", instance: "i1"),
                table: table,
                logger: logger
            )
            try await services.recover()
            let world = World(
                folder: folder,
                store: store,
                services: services,
                table: table,
                repository: repository,
                socketPath: folder + "/s",
                gatewayPort: gateway.address.port ?? 0
            )
            let parts: [any Service] = services.running + [gateway, socket]
            let group = ServiceGroup(configuration: .init(services: parts.map { .init(service: $0) }, logger: logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do {
                    try await body(world)
                } catch {
                    tasks.cancelAll()
                    throw error
                }
                tasks.cancelAll()
            }
            try store.close()
        }
    }

    private static func services(
        _ folder: String,
        _ store: Store,
        _ logins: LoginConfiguration,
        _ logger: Logger
    ) throws -> Services {
        let programs = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let git = try Git(
            directory: folder + "/git",
            environment: ["HOME": folder + "/home", "PATH": programs, "GIT_SSH_COMMAND": "/bin/false"]
        )
        return Services(
            store: store,
            providers: SandboxProviders([MockProvider()], preferred: "mock"),
            repositories: Repositories(
                git: git,
                folder: folder + "/workspaces",
                home: folder + "/home",
                logger: logger
            ),
            keys: SealingKeys(KeyRing(try SecretKey.random()), source: .external("A key of the test's.")),
            facts: SystemService.Facts(version: "0.1.0", socket: folder + "/s", configuration: []),
            instance: "i1",
            logins: logins,
            idleTimeout: nil,
            logger: logger,
            shutDown: {}
        )
    }

    /// What SQLite finds wrong with its file; `["ok"]` when it finds nothing.
    func integrity() async throws -> [String] {
        try await store.read { reader in try reader.connection.fetch("PRAGMA integrity_check") { try $0[0] } }
    }

    /// Everything a project has in the store, as text.
    func content(of project: ProjectID) async throws -> [String] {
        try await store.read { reader in
            var lines: [String] = []
            for (table, condition) in Self.projectTables {
                let columns: [String] = try reader.connection.fetch(
                    "SELECT 'quote(' || name || ')' FROM pragma_table_info('\(table)') ORDER BY cid"
                ) { try $0[0] }
                let row = columns.joined(separator: " || ',' || ")
                lines += try reader.connection.fetch(
                    "SELECT '\(table) ' || \(row) FROM \(table) WHERE \(condition)",
                    project
                ) { try $0[0] }
            }
            return lines.sorted()
        }
    }

    private static let projectTables: [(String, String)] = {
        let own = [
            "membership", "invitation", "workspace", "agent", "session", "job", "approval", "credential", "event",
            "event_log",
        ]
        let ofSession = ["turn", "message", "chat_log", "commit_intent"]
        return [("project", "id = $1")] + own.map { ($0, "project_id = $1") }
            + ofSession.map { ($0, "session_id IN (SELECT id FROM session WHERE project_id = $1)") }
            + [("agent_mcp_server", "agent_id IN (SELECT id FROM agent WHERE project_id = $1)")]
    }()
}
