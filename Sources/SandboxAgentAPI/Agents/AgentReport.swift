/// What a coding agent says about itself, told beside its models by `GET /models`.
package struct AgentReport: Sendable, Codable, Equatable {
    /// A mode its sessions can be put in.
    package struct Mode: Sendable, Codable, Equatable {
        package var id: String
        package var name: String
        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }
    /// A name for people.
    package var name: String?
    package var version: String?
    /// What it can do, such as `image` or `resume`.
    package var capabilities: [String]
    package var modes: [Mode]
    /// Its slash commands.
    package var commands: [String]

    package init(
        name: String? = nil,
        version: String? = nil,
        capabilities: [String] = [],
        modes: [Mode] = [],
        commands: [String] = []
    ) {
        self.name = name
        self.version = version
        self.capabilities = capabilities
        self.modes = modes
        self.commands = commands
    }
}
