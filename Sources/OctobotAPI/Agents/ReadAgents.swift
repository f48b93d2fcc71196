package import OctobotModel

/// List the kinds of agent that can be configured.
package enum ListAgentTypes: Operation {
    package static let name = "agent.types"
    package static let summary = "List the kinds of agent that can be configured"
    package static let description = """
        The catalogue, with whether each command is there for a new sandbox, as far as that is known.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/agents/types", shape: .list("agentTypes"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [AgentType.example])

    package typealias Params = ProjectPage
    package typealias Result = Page<AgentType>
}

/// List the agents of a project.
package enum ListAgents: Operation {
    package static let name = "agent.list"
    package static let summary = "List the agents of a project"
    package static let description = "Oldest first."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/agents", shape: .list("agents"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(limit: 50)
    package static let exampleResult = Page(items: [Agent.example])

    package typealias Params = ProjectPage
    package typealias Result = Page<Agent>
}

/// Show an agent.
package enum GetAgent: Operation {
    package static let name = "agent.get"
    package static let summary = "Show an agent"
    package static let description = """
        With whether its program and a credential are there, what to do where not, and what it told about itself when it \
        last ran. Over REST a PUT answers the same and changes nothing; `agent.update` does.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/agents/{agentId}"),
        .put("/api/projects/{projectId}/agents/{agentId}", body: .ignored),
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(agentID: "a1")
    package static let exampleResult = Agent.example

    package typealias Params = AgentTarget
    package typealias Result = Agent
}
