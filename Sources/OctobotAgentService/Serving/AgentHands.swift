import AgentClientProtocol
import JSONText
import SandboxAgentAPI
import Synchronization

/// What an agent may have done for it: files of the workspace and terminals (acp.md §11.3, §11.4).
final class AgentHands: Sendable {
    /// Every agent is offered all of it.
    static let capabilities = ClientCapabilities(
        readsFiles: true,
        writesFiles: true,
        runsTerminals: true,
        showsForms: true,
        showsURLs: true,
        takesBooleanOptions: true
    )

    /// The requests that are served here.
    static let methods: Set = [
        ACPMethod.readTextFile, ACPMethod.writeTextFile, ACPMethod.createTerminal, ACPMethod.terminalOutput,
        ACPMethod.waitForTerminalExit, ACPMethod.killTerminal, ACPMethod.releaseTerminal,
    ]

    private let files: AgentFiles
    private let terminals: AgentTerminals
    /// The content of calls that show terminals, as the agent gave it.
    private let shown = Mutex<[String: [JSONValue]]>([:])

    /// - Parameter mark: The agent's own, which goes on to the commands of its terminals.
    init(_ configuration: AgentConfiguration, mark: String) {
        files = AgentFiles(workspace: configuration.directory, attachments: configuration.attachmentFolder)
        terminals = AgentTerminals(
            ShellEnvironment(
                inherited: configuration.environment,
                home: configuration.environment["HOME"] ?? configuration.directory,
                workspace: configuration.directory
            ),
            marks: [mark: "1"]
        )
    }

    /// The result of one of ``methods``.
    func answer(_ method: String, _ params: JSONValue) async throws(ACPError) -> JSONValue {
        switch method {
        case ACPMethod.readTextFile:
            guard let request = ReadTextFile(params) else { throw .invalidParams("path is missing") }
            return ["content": .string(try await files.read(request))]
        case ACPMethod.writeTextFile:
            guard let request = WriteTextFile(params) else { throw .invalidParams("path or content is missing") }
            try await files.write(request)
            return [:]
        case ACPMethod.createTerminal:
            guard let request = CreateTerminal(params) else { throw .invalidParams("command is missing") }
            return ["terminalId": .string(try await terminals.create(request))]
        case ACPMethod.terminalOutput: return try terminals.terminal(params).output.json
        case ACPMethod.waitForTerminalExit: return try await terminals.terminal(params).waitForExit().json
        case ACPMethod.killTerminal:
            try terminals.terminal(params).kill()
            return [:]
        case ACPMethod.releaseTerminal:
            try terminals.release(params)
            return [:]
        default: throw .methodNotFound(method)
        }
    }

    /// The call with what its terminals have written so far beside their ids.
    func showing(_ call: ToolCallUpdate) -> ToolCallUpdate {
        let content = shown.withLock { shown -> [JSONValue]? in
            if let content = call.content {
                shown[call.id] = content.contains { $0["type"]?.stringValue == "terminal" } ? content : nil
            }
            return shown[call.id]
        }
        guard let content else { return call }
        var call = call
        call.content = content.map { item in
            guard item["type"]?.stringValue == "terminal", let id = item["terminalId"]?.stringValue,
                let output = terminals.shown(id), var members = item.objectValue
            else { return item }
            members["output"] = .string(output.text)
            members["exitCode"] = output.exit?.exitCode.map { .integer(Int64($0)) }
            return .object(members)
        }
        return call
    }

    /// What earlier turns showed is not shown again.
    func beginTurn() {
        shown.withLock { $0 = [:] }
        terminals.forgetReleased()
    }

    /// Ends all terminals.
    func close() async { await terminals.shutDown() }
}
