package import JSONText

/// What an agent says about itself in its answer to `initialize` (acp.md §4).
package struct AgentCapabilities: Sendable, Equatable {
    package var protocolVersion: Int64
    package var loadsSessions: Bool
    package var resumesSessions: Bool
    package var acceptsImages: Bool
    package var acceptsAudio: Bool
    package var acceptsEmbeddedContext: Bool
    /// Reaches MCP servers over HTTP; programs it starts in any case.
    package var reachesHTTPServers: Bool
    package var reachesSSEServers: Bool
    package var name: String?
    package var title: String?
    package var version: String?
    package var authenticationMethods: [String]

    package init(
        protocolVersion: Int64 = ACPVersion.current,
        loadsSessions: Bool = false,
        resumesSessions: Bool = false,
        acceptsImages: Bool = false,
        acceptsAudio: Bool = false,
        acceptsEmbeddedContext: Bool = false,
        reachesHTTPServers: Bool = false,
        reachesSSEServers: Bool = false,
        name: String? = nil,
        title: String? = nil,
        version: String? = nil,
        authenticationMethods: [String] = []
    ) {
        self.protocolVersion = protocolVersion
        self.loadsSessions = loadsSessions
        self.resumesSessions = resumesSessions
        self.acceptsImages = acceptsImages
        self.acceptsAudio = acceptsAudio
        self.acceptsEmbeddedContext = acceptsEmbeddedContext
        self.reachesHTTPServers = reachesHTTPServers
        self.reachesSSEServers = reachesSSEServers
        self.name = name
        self.title = title
        self.version = version
        self.authenticationMethods = authenticationMethods
    }

    /// Reads the result of `initialize`; what is missing or mistyped takes its default.
    package init(_ json: JSONValue) {
        let capabilities = json["agentCapabilities"]
        let prompt = capabilities?["promptCapabilities"]
        let servers = capabilities?["mcpCapabilities"]
        self.init(
            protocolVersion: json["protocolVersion"]?.integerValue ?? ACPVersion.current,
            loadsSessions: capabilities?["loadSession"]?.boolValue ?? false,
            resumesSessions: capabilities?["sessionCapabilities"]?["resume"]?.objectValue != nil,
            acceptsImages: prompt?["image"]?.boolValue ?? false,
            acceptsAudio: prompt?["audio"]?.boolValue ?? false,
            acceptsEmbeddedContext: prompt?["embeddedContext"]?.boolValue ?? false,
            reachesHTTPServers: servers?["http"]?.boolValue ?? false,
            reachesSSEServers: servers?["sse"]?.boolValue ?? false,
            name: json["agentInfo"]?["name"]?.stringValue,
            title: json["agentInfo"]?["title"]?.stringValue,
            version: json["agentInfo"]?["version"]?.stringValue,
            authenticationMethods: (json["authMethods"]?.arrayValue ?? []).compactMap { method in
                method["type"]?.stringValue == "terminal" ? nil : method["id"]?.stringValue
            }
        )
    }

    /// What it can do, a word each.
    package var words: [String] {
        [
            ("image", acceptsImages), ("audio", acceptsAudio), ("embeddedContext", acceptsEmbeddedContext),
            ("mcp.http", reachesHTTPServers), ("mcp.sse", reachesSSEServers), ("load", loadsSessions),
            ("resume", resumesSessions),
        ].filter(\.1).map(\.0)
    }

    /// The result of `initialize`.
    package var json: JSONValue {
        var info: [String: JSONValue] = ["name": .string(name ?? "agent"), "version": .string(version ?? "0")]
        info["title"] = title.map(JSONValue.string)
        return [
            "protocolVersion": .integer(protocolVersion),
            "agentCapabilities": [
                "loadSession": .bool(loadsSessions),
                "promptCapabilities": [
                    "image": .bool(acceptsImages), "audio": .bool(acceptsAudio),
                    "embeddedContext": .bool(acceptsEmbeddedContext),
                ],
                "mcpCapabilities": ["http": .bool(reachesHTTPServers), "sse": .bool(reachesSSEServers)],
                "sessionCapabilities": resumesSessions ? ["resume": [:]] : [:],
            ],
            "agentInfo": .object(info),
            "authMethods": .array(authenticationMethods.map { ["id": .string($0), "name": .string($0)] }),
        ]
    }
}

package enum ACPVersion {
    /// The version both roles here speak.
    package static let current: Int64 = 1
}
