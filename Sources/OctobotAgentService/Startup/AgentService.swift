import CLinux
import Foundation
package import Logging
import NIOCore

/// The agent API of one sandbox, from its start to SIGTERM.
package struct AgentService: Sendable {
    private let options: ServeOptions
    private let executable: String
    private let logger: Logger

    /// - Parameter executable: the path of octobot-agent, which is the demo agent too.
    package init(_ options: ServeOptions, executable: String, logger: Logger) {
        self.options = options
        self.executable = executable
        self.logger = logger
    }

    /// Prepares the clone, recovers the spool and serves until the task is cancelled.
    ///
    /// - Parameter ready: called when requests are answered, with the port, 0 for a unix socket.
    package func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        try FileManager.default.createDirectory(
            atPath: options.stateFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let configuration = try AgentConfiguration(
            environment: options.environment,
            executable: executable,
            directory: options.workspace,
            stateFolder: options.stateFolder
        )
        let repository = try WorkspaceRepository(
            directory: options.workspace,
            home: options.home,
            stateFolder: options.stateFolder,
            logger: logger
        )
        try await repository.prepare(mirror: options.mirror, commit: options.commit)
        let complaints = CacheLinks(home: options.home, workspace: options.workspace).make()
        if !complaints.isEmpty {
            logger.warning("caches are not shared", metadata: ["reasons": "\(complaints.joined(separator: "; "))"])
        }
        let spool = try Spool(folder: options.stateFolder + "/spool")
        var forwarder: (any Channel)?
        if let proxy = options.proxySocket { forwarder = try await EgressForwarder(socketPath: proxy).start() }
        let shell = ShellEnvironment(options)
        let commands = CommandSet(shell)
        let hooks = HookSet(
            repository,
            commands: commands,
            session: options.environment["SESSION_ID"],
            isEnabled: options.isIsolated,
            logger: logger
        )
        let chat = ChatService(
            configuration,
            spool: spool,
            version: AgentVersion.current,
            logger: logger,
            setIdentity: { try await repository.setIdentity($0) },
            turnEnded: { await hooks.turnEnded() }
        )
        await hooks.begin()
        let terminals = TerminalSet(shell)
        let services = ServiceSet(workspace: options.workspace, home: options.home, commands: commands)
        let responder = AgentResponder(
            authenticator: Authenticator(stored: options.secret),
            chat: chat,
            files: WorkspaceFiles(root: options.workspace),
            meter: UseMeter(home: options.home, isAlone: options.isIsolated),
            repository: repository,
            terminals: terminals,
            commands: commands,
            services: services,
            hooks: hooks,
            version: AgentVersion.current,
            logger: logger
        )
        let server = AgentServer(address: options.address, responder: responder, logger: logger)
        let result: Result<Void, any Error>
        do {
            result = .success(try await server.run(ready: ready))
        } catch {
            result = .failure(error)
        }
        await terminals.shutDown()
        await commands.shutDown()
        await services.shutDown()
        await hooks.shutDown()
        await chat.shutDown()
        try await forwarder?.close()
        try result.get()
    }

    /// Keeps memory that many threads allocate and free from piling up; before the first of them.
    package static func limitMemory() {
        clinux_limit_malloc_arenas(2)
    }

    /// Takes `OCTOBOT_SECRET` out of the environment, memory included, and keeps other processes of this user from
    /// reading ours.
    package static func hideSecrets() {
        if let value = getenv("OCTOBOT_SECRET") { memset(value, 0, strlen(value)) }
        unsetenv("OCTOBOT_SECRET")
        _ = clinux_set_dumpable(0)
    }
}
