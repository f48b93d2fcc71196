package import OctobotModel

/// List whose models agents can use.
package enum ListAuthProviders: Operation {
    package static let name = "agent.authProviders"
    package static let summary = "List whose models agents can use"
    package static let description = """
        By name, with the environment variables that carry the credentials. Always one page.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/agents/auth-providers", shape: .list("authProviders"))
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [AuthProvider.example])

    package typealias Params = ProjectTarget
    package typealias Result = Page<AuthProvider>
}

/// List the models an agent offers.
package enum ListAgentModels: Operation {
    package static let name = "agent.models"
    package static let summary = "List the models an agent offers"
    package static let description = """
        As a running session of the agent tells it, else as one told it last; none as long as none has. Starts no \
        sandbox. Always one page.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/agents/{agentId}/models", shape: .list("models"))
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = GetAgent.Params(agentID: "a1")
    package static let exampleResult = Page(items: [AgentModel.example])

    package typealias Params = GetAgent.Params
    package typealias Result = Page<AgentModel>
}

/// List the models a session’s agent offers.
package enum ListSessionModels: Operation {
    package static let name = "session.models"
    package static let summary = "List the models a session’s agent offers"
    package static let description = """
        Asked of its sandbox when that runs, else those of `agent.models`; none without an agent. Always one page.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/models", shape: .list("models"))
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Page(items: [AgentModel.example])

    package typealias Params = SessionTarget
    package typealias Result = Page<AgentModel>
}

/// Somebody whose models agents use, and what their credentials are called (rest-api.md §18).
package struct AuthProvider: Codable, Sendable, Equatable, ComponentDescribing {
    package var id: String
    package var name: String
    package var description: String?
    /// Environment variables; the first one is used.
    package var env: [String]?

    package init(id: String, name: String, description: String? = nil, env: [String]? = nil) {
        self.id = id
        self.name = name
        self.description = description
        self.env = env
    }

    package static let schemaName = "AuthProvider"
    package static let definition = JSONSchema.record(
        .required("id", .string(1...64), "Its id."),
        .required("name", .string, "A name for people."),
        .optional("description", .string, "What it is, in a sentence."),
        .optional("env", .array(of: .string), "Environment variables that carry a credential, first choice first.")
    )

    /// What the documents show.
    package static let example = AuthProvider(id: "anthropic", name: "Anthropic", env: ["ANTHROPIC_API_KEY"])
}

extension AgentModel: ComponentDescribing {
    package static let schemaName = "AgentModel"
    package static let definition = JSONSchema.record(
        .required("id", .string, "What `chat.send` takes as `model`."),
        .required("name", .string, "A name for people."),
        .required("provider", .string, "Whose it is, as a name for people."),
        .optional("description", .string, "What it is, in a sentence."),
        .optional("reasoning", .boolean, "Whether it can be told to reason.")
    )

    /// What the documents show.
    package static let example = AgentModel(
        id: "claude-code:sonnet",
        name: "Sonnet",
        provider: "Claude Code",
        reasoning: true
    )
}
