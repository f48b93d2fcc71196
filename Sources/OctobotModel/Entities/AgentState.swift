/// Whether an agent can work, and what it told about itself when it last ran.
package struct AgentState: Sendable, Codable, Equatable {
    /// Whether there is a credential it reads.
    package enum CredentialPresence: String, Sendable, Codable, CaseIterable {
        case present
        case missing
        case notNeeded
        /// It has ways of its own to log in.
        case unknown
    }

    /// Whether a new sandbox has its program; absent when that is not known.
    package var installed: Bool?
    package var credential: CredentialPresence
    /// What to do so that it can work, a sentence each; empty when nothing is known to be missing.
    package var advice: [String]
    /// Absent until one of its sessions has run.
    package var profile: AgentProfile?

    package init(
        installed: Bool?,
        credential: CredentialPresence,
        advice: [String] = [],
        profile: AgentProfile? = nil
    ) {
        self.installed = installed
        self.credential = credential
        self.advice = advice
        self.profile = profile
    }
}

/// What a running agent said about itself.
package struct AgentProfile: Sendable, Codable, Equatable {
    /// A mode its sessions can be put in.
    package struct Mode: Sendable, Codable, Equatable {
        package var id: String
        package var name: String
        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    package var name: String?
    package var version: String?
    /// What it can do, such as `image` or `resume`.
    package var capabilities: [String]
    package var modes: [Mode]
    package var models: [AgentModel]
    /// Its slash commands.
    package var commands: [String]
    /// When it said so.
    package var toldAt: Timestamp

    package init(
        name: String? = nil,
        version: String? = nil,
        capabilities: [String] = [],
        modes: [Mode] = [],
        models: [AgentModel] = [],
        commands: [String] = [],
        toldAt: Timestamp
    ) {
        self.name = name
        self.version = version
        self.capabilities = capabilities
        self.modes = modes
        self.models = models
        self.commands = commands
        self.toldAt = toldAt
    }
}
