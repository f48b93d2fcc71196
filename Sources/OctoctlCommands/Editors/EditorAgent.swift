import AgentClientProtocol
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import Synchronization

/// The daemon's sessions as an ACP agent for one editor (acp.md §18).
final class EditorAgent: ACPReceiver {
    /// What the command line says about the sessions it makes.
    struct Options: Sendable {
        /// Attach to this session instead of making one.
        var session: String?
        var workspace: String?
        var agent: String?
        var permissionMode: PermissionMode?
    }

    private struct State {
        var abilities = EditorSession.Abilities()
        var sessions: [String: EditorSession] = [:]
        var saidServers = false
    }

    let connected: Connected
    let options: Options
    let link: any ACPLink
    private let state = Mutex(State())
    private let work: AsyncStream<@Sendable () async -> Void>
    private let inbox: AsyncStream<@Sendable () async -> Void>.Continuation

    init(_ connected: Connected, _ options: Options, over link: any ACPLink) {
        self.connected = connected
        self.options = options
        self.link = link
        (work, inbox) = AsyncStream.makeStream()
    }

    /// Serves until the editor closes; turns go on without it.
    func run(_ serve: @escaping @Sendable () async -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [inbox] in
                await serve()
                inbox.finish()
            }
            for await item in work { group.addTask { await item() } }
            group.cancelAll()
        }
        let sessions = state.withLock { Array($0.sessions.values) }
        for session in sessions { await session.close() }
    }

    func closed() async { inbox.finish() }

    func notified(_ method: String, params: [UInt8]) async {
        guard method == ACPMethod.cancel, let session = Self.sessionID(params).flatMap(opened) else { return }
        inbox.yield { await session.cancel() }
    }

    func answered(_ method: String, params: [UInt8], result: [UInt8]) {
        let id: String? =
            switch method {
            case ACPMethod.newSession: Self.sessionID(result)
            case ACPMethod.loadSession, ACPMethod.resumeSession: Self.sessionID(params)
            default: nil
            }
        guard let session = id.flatMap(opened) else { return }
        session.open()
        read(session)
    }

    /// Sees to it that the session is followed.
    func read(_ session: EditorSession) {
        if session.mustRead() { inbox.yield { await session.follow() } }
    }

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        let request: JSONValue
        do {
            request = try JSONValue(parsing: params)
        } catch {
            throw .invalidParams("The params are not JSON")
        }
        do {
            return try await answer(method, request).serialized()
        } catch {
            throw ACPError(error)
        }
    }

    private func answer(_ method: String, _ request: JSONValue) async throws -> JSONValue {
        switch method {
        case ACPMethod.initialize: return initialize(request)
        case ACPMethod.authenticate: return [:]
        case ACPMethod.newSession: return try await newSession(request)
        case ACPMethod.loadSession: return try await attach(request, replays: true)
        case ACPMethod.resumeSession: return try await attach(request, replays: false)
        case ACPMethod.listSessions: return try await list(request)
        case ACPMethod.closeSession:
            if let session = state.withLock({ $0.sessions.removeValue(forKey: request["sessionId"]?.stringValue ?? "") }
            ) {
                await session.close()
            }
            return [:]
        case ACPMethod.prompt:
            let session = try named(request)
            let blocks = (request["prompt"]?.arrayValue ?? []).compactMap(ContentBlock.init)
            guard !blocks.isEmpty else { throw ACPError.invalidParams("The prompt is empty") }
            let reason = try await session.prompt(blocks) { [self] in read(session) }
            inbox.yield { [self] in await refresh(session) }
            return ["stopReason": .string(reason)]
        case ACPMethod.setConfigOption:
            let session = try named(request)
            let (option, value) = (request["configId"]?.stringValue ?? "", request["value"]?.stringValue ?? "")
            let choices = session.state.withLock { $0.choices.set(option, to: value) ? $0.choices : nil }
            guard let choices else { throw ACPError.invalidParams("There is no option '\(option)' with that value") }
            return ["configOptions": .array(choices.json)]
        default: throw ACPError.methodNotFound(method)
        }
    }

    private func initialize(_ request: JSONValue) -> JSONValue {
        let capabilities = request["clientCapabilities"]
        state.withLock { state in
            state.abilities.showsForms = capabilities?["elicitation"]?["form"]?.objectValue != nil
            state.abilities.readsFiles = capabilities?["fs"]?["readTextFile"]?.boolValue == true
        }
        return [
            "protocolVersion": .integer(ACPVersion.current),
            "agentCapabilities": [
                "loadSession": true,
                "promptCapabilities": ["image": true, "audio": false, "embeddedContext": true],
                "mcpCapabilities": ["http": false, "sse": false],
                "sessionCapabilities": ["list": [:], "resume": [:], "close": [:]],
            ],
            "agentInfo": ["name": "octobot", "title": "Octobot", "version": .string(ProgramVersion.current)],
            "authMethods": [],
        ]
    }

    var abilities: EditorSession.Abilities { state.withLock { $0.abilities } }

    /// Takes a session in, in the place of the one with its id.
    func add(_ session: EditorSession) async {
        let old = state.withLock { $0.sessions.updateValue(session, forKey: session.id.rawValue) }
        await old?.close()
    }

    private func opened(_ id: String) -> EditorSession? { state.withLock { $0.sessions[id] } }

    private func named(_ request: JSONValue) throws -> EditorSession {
        let id = request["sessionId"]?.stringValue ?? ""
        guard let session = opened(id) else {
            throw ACPError(code: ACPError.notFoundCode, message: "No session '\(id)' is open here")
        }
        return session
    }

    private static func sessionID(_ json: [UInt8]) -> String? {
        do {
            return try JSONValue(parsing: json)["sessionId"]?.stringValue
        } catch {
            return nil
        }
    }

    /// MCP servers of the editor are programs of its host, which the sandbox cannot start (acp.md §18.1).
    func warn(ofServers request: JSONValue) {
        guard let servers = request["mcpServers"]?.arrayValue, !servers.isEmpty else { return }
        let isFirst = state.withLock { state in
            defer { state.saidServers = true }
            return !state.saidServers
        }
        guard isFirst else { return }
        let names = servers.compactMap { $0["name"]?.stringValue }.joined(separator: ", ")
        connected.console.note(
            "MCP servers of the editor do not reach the sandbox (\(TerminalText.line(names))); give the agent its own: "
                + "octoctl agent update --help"
        )
    }
}
