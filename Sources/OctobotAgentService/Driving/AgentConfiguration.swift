import Foundation
import JSONText
import SandboxAgentAPI

/// Which agent is driven, where and how; fixed while the service runs.
struct AgentConfiguration: Sendable {
    var entry: AgentCatalogue.Entry
    /// Program and arguments.
    var command: [String]
    /// The environment of its process, credentials excepted.
    var environment: [String: String]
    /// The working directory of the session.
    var directory: String
    /// The folder of ours in the home: spool and the agent's session id.
    var stateFolder: String
    /// What becomes of requests for permission; every driver maps it to what its agent has.
    var mode: PermissionMode
    /// Whether what goes between us and the agent's program is kept, a file a turn.
    var recordsTraffic = false
    var limits = Limits()

    /// Where the agent's session id is kept.
    var sessionFile: String { stateFolder + "/agent-session.json" }

    /// Where what people attach to prompts is written when the agent cannot take it in the prompt.
    var attachmentFolder: String { stateFolder + "/attachments" }

    /// How long things may take.
    struct Limits: Sendable {
        /// From start to the answer of `initialize`; first runs may download.
        var start = Duration.seconds(60)
        /// From cancel to the end of the prompt, before the process is killed.
        var cancel = Duration.seconds(15)
        /// Trailing updates after the prompt's answer.
        var trailing = Duration.milliseconds(500)
        /// The quiet that ends a replay of agents that answer before it is over.
        var replayQuiet = Duration.seconds(1)
        init() {}
    }

    init(
        entry: AgentCatalogue.Entry,
        command: [String],
        environment: [String: String],
        directory: String,
        stateFolder: String,
        mode: PermissionMode
    ) {
        self.entry = entry
        self.command = command
        self.environment = environment
        self.directory = directory
        self.stateFolder = stateFolder
        self.mode = mode
    }

    /// Why the environment names no usable agent.
    struct Invalid: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads `OCTOBOT_AGENT_TYPE` (default `demo`), `OCTOBOT_AGENT_COMMAND`, `OCTOBOT_PERMISSION_MODE` and
    /// `OCTOBOT_RECORD_TRAFFIC`.
    ///
    /// A command in place of the catalogue's is spoken to by the same driver; one that speaks ACP is of type `custom`.
    ///
    /// - Parameter executable: the path of octobot-agent, which is the demo agent too.
    init(
        environment: [String: String],
        executable: String,
        directory: String,
        stateFolder: String
    ) throws(Invalid) {
        let type = environment["OCTOBOT_AGENT_TYPE"] ?? AgentCatalogue.demo
        guard let entry = AgentCatalogue[type] else {
            let known = AgentCatalogue.all.map(\.id).joined(separator: ", ")
            throw Invalid(description: "OCTOBOT_AGENT_TYPE is '\(type)'; allowed are \(known).")
        }
        var command = entry.command ?? [executable, "demo"]
        if let text = environment["OCTOBOT_AGENT_COMMAND"], !text.isEmpty {
            do {
                command = try JSONCoding.decode([String].self, from: text.utf8)
            } catch {
                throw Invalid(
                    description: #"OCTOBOT_AGENT_COMMAND is '\#(text)'; it is a JSON array such as ["agent","--acp"]."#
                )
            }
        } else if type == AgentCatalogue.custom {
            throw Invalid(
                description: "OCTOBOT_AGENT_TYPE is 'custom', so OCTOBOT_AGENT_COMMAND has to name a command."
            )
        }
        guard !command.isEmpty else { throw Invalid(description: "OCTOBOT_AGENT_COMMAND is an empty array.") }
        let modeText = environment["OCTOBOT_PERMISSION_MODE"] ?? PermissionMode.ask.rawValue
        guard let mode = PermissionMode(rawValue: modeText) else {
            let allowed = PermissionMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw Invalid(description: "OCTOBOT_PERMISSION_MODE is '\(modeText)'; allowed are \(allowed).")
        }
        var variables = entry.environment
        if mode != .auto { variables.merge(entry.askingEnvironment) { $1 } }
        var agentEnvironment = environment.merging(variables) { own, _ in own }
        for name in ["OCTOBOT_SECRET", "OCTOBOT_AGENT_COMMAND", "OCTOBOT_UNDER_INIT", "OCTOBOT_RECORD_TRAFFIC"] {
            agentEnvironment[name] = nil
        }
        self.init(
            entry: entry,
            command: command,
            environment: agentEnvironment,
            directory: directory,
            stateFolder: stateFolder,
            mode: mode
        )
        recordsTraffic = environment["OCTOBOT_RECORD_TRAFFIC"] == "1"
    }
}
