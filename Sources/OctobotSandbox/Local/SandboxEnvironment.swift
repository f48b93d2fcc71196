import JSONText
import OctobotModel
import SandboxAgentAPI

/// The environment of the agent service inside a local sandbox (agent-api.md §16.3, decision 27).
///
/// It is all there is: nothing of the daemon's own environment is inherited, and nothing in it is secret.
struct SandboxEnvironment: Sendable {
    var spec: SandboxSpec
    var home: String
    var mirror: String?
    var path: String
    /// The agent's command when it is not the catalogue's.
    var command: [String]?
    /// octobotd's own environment, of which the agent gets what the catalogue names.
    var daemon: [String: String] = [:]
    /// Whether it runs with no isolation, among the host's processes.
    var isOpen = false

    /// The folders commands are looked up in, the agent service's own first.
    static func path(home: String, readable: [String]) -> String {
        let tools = readable.map { $0.hasSuffix("/bin") ? $0 : $0 + "/bin" }
        let system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return (["/opt/octobot/bin", "\(home)/.local/bin"] + tools + system).joined(separator: ":")
    }

    var variables: [String: String] {
        var result = [
            "HOME": home,
            "USER": "octobot",
            "LOGNAME": "octobot",
            "SHELL": "/bin/sh",
            "PATH": path,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "SESSION_ID": spec.sessionID.rawValue,
            "OCTOBOT_SECRET": spec.secretHash,
            "OCTOBOT_AGENT_TYPE": spec.agentType,
            "OCTOBOT_PERMISSION_MODE": spec.permissionMode,
        ]
        for name in (AgentCatalogue[spec.agentType]?.handedOn ?? []) + ["OCTOBOT_RECORD_TRAFFIC"] {
            result[name] = daemon[name]
        }
        if isOpen { result["OCTOBOT_ISOLATION"] = "none" }
        result["WORKSPACE_PATH"] = mirror
        result["WORKSPACE_SOURCE"] = spec.source
        result["WORKSPACE_COMMIT"] = spec.commit
        if let command, let text = try? JSONCoding.encode(command) {
            result["OCTOBOT_AGENT_COMMAND"] = String(decoding: text, as: UTF8.self)
        }
        return result
    }
}
