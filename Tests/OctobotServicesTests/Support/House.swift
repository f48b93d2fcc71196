import Foundation
import GitCommand
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import ProviderLogin
import Sealing
import ServiceLifecycle
import Testing

@testable import OctobotServices

/// Everything the services stand on, in a folder of the test's own: real store, real git, sandboxes in memory.
final class House: Sendable {
    let folder: String
    let user: TestRepository
    let mock: MockProvider
    let key: SecretKey

    init(_ folder: URL) async throws {
        self.folder = folder.path
        user = try await TestRepository(at: self.folder + "/user", files: ["a.txt": "one\n", "b.txt": "b\n"])
        mock = MockProvider()
        key = try SecretKey.random()
        try FileManager.default.createDirectory(atPath: self.folder + "/home", withIntermediateDirectories: true)
    }

    /// Makes the user's repository reachable by a URL: an ssh that runs what the other side would on this machine.
    func offerOverSSH() throws -> String {
        let ssh = folder + "/ssh"
        try Data("#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n".utf8).write(to: URL(filePath: ssh))
        chmod(ssh, 0o755)
        return "ssh://example.org" + user.path
    }

    /// Runs the services as one life of the daemon; a second call is a restart.
    ///
    /// - Parameters:
    ///   - runsServices: Whether jobs and turns are worked on.
    ///   - idleTimeout: How long a sandbox nobody uses lives.
    func live(
        as instance: String = UUID().uuidString,
        runsServices: Bool = true,
        idleTimeout: Duration? = nil,
        logins: LoginConfiguration = LoginConfiguration(),
        disk: DiskLimits = DiskLimits(),
        _ body: @escaping @Sendable (Life) async throws -> Void
    ) async throws {
        let store = try await Store(path: folder + "/octobot.db")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let environment = ["HOME": folder + "/home", "PATH": path, "GIT_SSH_COMMAND": folder + "/ssh"]
        let git = try Git(directory: folder + "/git", environment: environment)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let repositories = Repositories(
            git: git,
            folder: folder + "/workspaces",
            home: folder + "/home",
            logger: logger
        )
        let services = Services(
            store: store,
            providers: SandboxProviders([mock], preferred: "mock"),
            repositories: repositories,
            keys: SealingKeys(KeyRing(key), source: .external("A key of the test's.")),
            facts: SystemService.Facts(version: "test", socket: folder + "/s", configuration: []),
            instance: instance,
            logins: logins,
            idleTimeout: idleTimeout,
            disk: disk,
            logger: logger,
            shutDown: {}
        )
        let life = Life(services: services, store: store, repositories: repositories, house: self)
        try await services.recover()
        try await withThrowingTaskGroup(of: Void.self) { group in
            if runsServices {
                for service in services.running { group.addTask { try? await service.run() } }
            }
            defer { group.cancelAll() }
            try await body(life)
        }
        try store.close()
    }
}

func withHouse(_ body: @Sendable (House) async throws -> Void) async throws {
    try await withTemporaryDirectory { folder in try await body(try await House(folder)) }
}

/// One life of the daemon.
struct Life: Sendable {
    let services: Services
    let store: Store
    let repositories: Repositories
    let house: House

    static let call = Call(principal: .anonymous, requestID: "r")
    var call: Call { Self.call }

    func call(as name: String = "Anonymous User", key: String? = nil) -> Call {
        Call(principal: Principal(userID: .anonymous, name: name), requestID: "r", idempotencyKey: key)
    }

    // MARK: Making things

    func makeWorkspace() async throws -> Workspace {
        let workspace = try await services.workspaces.create(
            CreateWorkspace.Params(path: house.user.path),
            call
        )
        try await until("the workspace is ready") { try await self.workspace(workspace.id).status == .ready }
        return try await self.workspace(workspace.id)
    }

    func workspace(_ id: WorkspaceID) async throws -> Workspace {
        try await services.workspaces.get(GetWorkspace.Params(workspaceID: id), call)
    }

    func session(_ id: SessionID) async throws -> Session {
        try await services.sessions.get(GetSession.Params(sessionID: id), call)
    }

    /// A workspace, the demo agent and a session whose sandbox runs.
    func makeSession() async throws -> Session {
        let workspace = try await makeWorkspace()
        _ = try await services.agents.create(CreateAgent.Params(agentType: "demo"), call)
        let session = try await services.sessions.create(CreateSession.Params(workspaceID: workspace.id), call)
        #expect(session.status == .initializing)
        try await until("the session is ready") { try await self.session(session.id).status == .ready }
        // Its job ends a moment later; cut short, it would be done again by the next life.
        let job = try await store.read { try $0.activeJob(type: .sessionInit, resourceID: session.id.rawValue) }
        if let job { _ = try await services.jobs.wait(WaitJob.Params(jobID: job.id), call) }
        return try await self.session(session.id)
    }

    func send(
        _ text: String,
        to session: SessionID,
        id: String? = nil,
        mode: SendChat.Mode? = nil
    ) async throws -> SentPrompt {
        guard let id else {
            return try await services.chat.send(SendChat.Params(sessionID: session, text: text, mode: mode), call)
        }
        let message = OutgoingMessage(id: id, parts: [["type": "text", "text": .string(text)]])
        return try await services.chat.send(SendChat.Params(sessionID: session, message: message, mode: mode), call)
    }

    // MARK: Waiting for facts

    /// Returns once the condition holds; it is looked at after every event of the project.
    func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let reader = try await services.events.reader(ofLive: .local)
        while try await !condition() {
            guard let element = try await reader.next() else {
                Issue.record("the events ended before \(what)")
                return
            }
            if case .end = element { Issue.record("the events ended before \(what)") }
        }
    }

    /// The turn's final state, from the log.
    func ended(_ turn: TurnID, in session: SessionID) async throws -> (state: TurnState, reason: String?) {
        for try await item in items(of: session) {
            guard item["kind"] == "turn", item["turnId"]?.stringValue == turn.rawValue,
                let state = item["state"]?.stringValue.flatMap(TurnState.init), state.isTerminal
            else { continue }
            return (state, item["reason"]?.stringValue)
        }
        throw CancellationError()
    }

    /// The session's chat items from the start, live.
    func items(of session: SessionID) -> AsyncThrowingStream<JSONValue, any Error> {
        AsyncThrowingStream { feed in
            let task = Task {
                do {
                    let reader = try await services.chatLog.subscribe(
                        SubscribeChat.Params(sessionID: session, from: .start),
                        call
                    )
                    while let element = try await reader.next() {
                        guard case .entry(let entry) = element else { continue }
                        feed.yield(try JSONValue(parsing: entry.data))
                    }
                    feed.finish()
                } catch {
                    feed.finish(throwing: error)
                }
            }
            feed.onTermination = { _ in task.cancel() }
        }
    }

    /// The numbers and chunks of a turn that has ended.
    func chunks(of turn: TurnID, in session: SessionID) async throws -> [(n: Int, chunk: JSONValue)] {
        var chunks: [(Int, JSONValue)] = []
        for try await item in items(of: session) where item["turnId"]?.stringValue == turn.rawValue {
            if item["kind"] == "chunk", let n = item["n"]?.integerValue, let chunk = item["chunk"] {
                chunks.append((Int(n), chunk))
            }
            if item["kind"] == "turn", let state = item["state"]?.stringValue.flatMap(TurnState.init), state.isTerminal
            {
                return chunks
            }
        }
        return chunks
    }

    /// Commits the session and waits for the end.
    func commit(_ session: SessionID, message: String? = nil) async throws -> Session {
        let queued = try await services.sessions.commit(
            CommitSession.Params(sessionID: session, message: message),
            call
        )
        #expect(queued.commitStatus == .pending)
        let job = try #require(queued.jobID)
        _ = try await services.jobs.wait(WaitJob.Params(jobID: job), call)
        return try await self.session(session)
    }
}

/// The fault a call throws.
func fault(_ body: () async throws -> Void) async -> Fault? {
    do {
        try await body()
        return nil
    } catch let fault as Fault {
        return fault
    } catch {
        Issue.record("no fault: \(error)")
        return nil
    }
}
