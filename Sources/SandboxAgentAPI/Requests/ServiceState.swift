/// `GET /`.
package struct AgentServiceState: Sendable, Codable, Equatable {
    package var status: String
    package var service: String
    package init() {
        status = "ok"
        service = "agent"
    }
}

/// `GET /health`.
package struct AgentHealth: Sendable, Codable, Equatable {
    /// What drives the turns.
    package struct Agent: Sendable, Codable, Equatable {
        package var type: String
        package var name: String?
        package var version: String?
        /// The slash commands it has advertised; `octobot-commit` among them asks for a turn of it before a commit.
        package var commands: [String]?
        package init(type: String, name: String? = nil, version: String? = nil, commands: [String]? = nil) {
            self.type = type
            self.name = name
            self.version = version
            self.commands = commands
        }
    }
    /// Always true: the service answers.
    package var healthy: Bool
    /// Whether the coding agent's process lives and is initialized.
    package var connected: Bool
    package var agent: Agent?
    /// The version of the service.
    package var version: String?

    package init(connected: Bool, agent: Agent? = nil, version: String? = nil) {
        healthy = true
        self.connected = connected
        self.agent = agent
        self.version = version
    }
}

/// `GET /user`: whom to run terminals as.
package struct AgentUser: Sendable, Codable, Equatable {
    package var username: String
    package var uid: UInt32
    package var gid: UInt32
    package init(username: String, uid: UInt32, gid: UInt32) {
        self.username = username
        self.uid = uid
        self.gid = gid
    }
}

/// `{"success":true}`.
package struct AgentSuccess: Sendable, Codable, Equatable {
    package var success: Bool
    package init() { success = true }
}
