import OctobotAPI
import OctobotClient
import OctobotModel

/// What the daemon itself sees.
struct DaemonChecks {
    let connected: Connected

    func findings() async throws -> [Finding] {
        let status = try await connected.client.call(SystemStatus.self)
        let providers = try await connected.client.call(
            ListProviders.self,
            ListProviders.Params(projectID: connected.project)
        )
        let types = try await connected.client.call(
            ListAgentTypes.self,
            ListAgentTypes.Params(projectID: connected.project)
        )
        return Self.findings(status) + Self.findings(providers) + [Self.finding(types.items)]
    }

    static func findings(_ status: SystemStatus.Result) -> [Finding] {
        var findings: [Finding] = [
            .fine("daemon", "octobotd \(status.version) answers"),
            .fine("HTTP gateway", status.gateway ?? "off"),
        ]
        findings += status.messages.map { message in
            let detail = "\(message.title): \(message.message)"
            return message.level == .error ? .problem("daemon says", detail) : .notice("daemon says", detail)
        }
        return findings
    }

    /// What the finding about a provider is called.
    static func name(ofProvider provider: String) -> String { "sandbox: \(provider)" }

    /// The default provider has to work; the others may.
    static func findings(_ providers: ListProviders.Result) -> [Finding] {
        providers.providers.sorted { $0.key < $1.key }.map { name, status in
            let isDefault = name == providers.default
            let facts = (status.details ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let name = Self.name(ofProvider: name)
            if status.available {
                let state = status.state == .ready ? "ready" : status.message ?? status.state.rawValue
                let words = [isDefault ? "\(state), the default" : state] + facts
                return .fine(name, words.joined(separator: "  "))
            }
            let detail = status.message ?? status.state.rawValue
            return isDefault ? .problem(name, detail) : .notice(name, detail)
        }
    }

    static func finding(_ types: [AgentType]) -> Finding {
        let installed = types.filter { $0.installed == true && $0.id != "demo" }.map(\.id)
        guard !installed.isEmpty else {
            return .notice(
                "agents",
                "only the built-in demo",
                remedy: "Install the command of one: 'octoctl agent types' shows them."
            )
        }
        return .fine("agents", (installed + ["demo"]).joined(separator: ", "))
    }
}
