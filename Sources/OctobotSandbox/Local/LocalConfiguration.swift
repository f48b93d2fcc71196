/// What the `local` provider is told from outside (decisions 11, 12, 22–25).
package struct LocalConfiguration: Sendable {
    /// `<data>/octobot`: the sandboxes' homes, kept data and what is known of each.
    package var dataFolder: String
    /// `<state>/octobot`: the agents' sockets and the proxy's.
    package var stateFolder: String
    /// `LOCAL_AGENT_BINARY`; else octobotd's neighbour `octobot-agent`, else one on ``searchPath``.
    package var agentBinary: String?
    /// `SANDBOX_LOCAL_READABLE`: host paths every sandbox sees read-only under their own names.
    package var readablePaths: [String]
    /// `SANDBOX_LOCAL_ISOLATION=none`: no sandbox at all, and every session says so.
    package var isolationIsOff: Bool
    /// `SANDBOX_LOCAL_NETWORK=host`: the host's network, and every session says so.
    package var networkIsHost: Bool
    /// octobotd's `PATH`, for bubblewrap and for agents that are not found inside.
    package var searchPath: String
    /// octobotd's own environment, for what agents are handed on of it.
    package var environment: [String: String] = [:]
    /// The name of this data folder; sandboxes are taken for its own by it.
    package var installation: String
    /// What every sandbox is to be held to.
    package var limits = SandboxLimitSettings.standard
    /// `CACHE_ENABLED`: whether the sandboxes of a project share a cache.
    package var hasCaches = true
    /// How long a sandbox may take until its agent listens; the clone is made in that time.
    package var startLimit = Duration.seconds(600)
    /// Runs inside in place of `octobot-agent serve`; a test's own command.
    package var command: [String]?

    package init(
        dataFolder: String,
        stateFolder: String,
        agentBinary: String?,
        readablePaths: [String],
        isolationIsOff: Bool,
        networkIsHost: Bool,
        searchPath: String,
        installation: String
    ) {
        self.dataFolder = dataFolder
        self.stateFolder = stateFolder
        self.agentBinary = agentBinary
        self.readablePaths = readablePaths
        self.isolationIsOff = isolationIsOff
        self.networkIsHost = networkIsHost
        self.searchPath = searchPath
        self.installation = installation
    }

    /// The folder of the egress proxy's socket, which every sandbox sees read-only.
    package static func egressFolder(stateFolder: String) -> String { stateFolder + "/egress" }

    /// How a sandbox is weaker than promised.
    var isolationNotes: [String] {
        if isolationIsOff { return ["isolation=none", "network=host"] }
        return networkIsHost ? ["network=host"] : []
    }
}

/// Where the provider keeps what belongs to one session (decision 23).
struct LocalPlaces: Sendable {
    let configuration: LocalConfiguration

    /// The sandbox's home, which it writes to.
    func home(_ id: String) -> String { "\(configuration.dataFolder)/sandboxes/\(id)" }
    /// The home of a removed sandbox whose work was not merged.
    func kept(_ id: String) -> String { "\(configuration.dataFolder)/kept/\(id)" }

    /// What is known of every sandbox, out of reach of the sandboxes themselves.
    ///
    /// The process to kill and the log are found through it.
    var records: String { "\(configuration.dataFolder)/sandbox-records" }
    func record(_ id: String) -> String { "\(records)/\(id)" }
    func recordFile(_ id: String) -> String { record(id) + "/sandbox.json" }
    func statusFile(_ id: String) -> String { record(id) + "/status.json" }
    func log(_ id: String) -> String { record(id) + "/log" }

    /// The folder of the agent's socket; its name is short and says nothing.
    func runtime(_ name: String) -> String { "\(configuration.stateFolder)/s/\(name)" }
    func socket(_ name: String) -> String { runtime(name) + "/agent.sock" }

    var caches: String { "\(configuration.dataFolder)/caches" }
    /// What the sandboxes of a project share.
    func cache(_ project: String) -> String { "\(caches)/\(project)" }

    var egress: String { LocalConfiguration.egressFolder(stateFolder: configuration.stateFolder) }

    /// A mount point for a root daemon's private mount namespaces; nothing is ever mounted on it outside them.
    var stage: String { "\(configuration.stateFolder)/stage" }

    /// Every folder that has to be there.
    var shared: [String] {
        let configuration = configuration
        return [
            "\(configuration.dataFolder)/sandboxes", "\(configuration.dataFolder)/kept", records, caches,
            "\(configuration.stateFolder)/s", stage,
        ]
    }
}
