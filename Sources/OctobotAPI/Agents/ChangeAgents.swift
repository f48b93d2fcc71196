package import OctobotModel

/// Make an agent the default of its project.
package enum SetDefaultAgent: Operation {
    package static let name = "agent.setDefault"
    package static let summary = "Make an agent the default of its project"
    package static let description = """
        The one before it stops being the default in the same transaction.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/agents/default", shape: .successAndEntity)
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(agentID: "a1")
    package static let exampleResult = Agent.example

    package typealias Params = AgentTarget
    package typealias Result = Agent
}

/// Remove an agent.
package enum DeleteAgent: Operation {
    package static let name = "agent.delete"
    package static let summary = "Remove an agent"
    package static let description = """
        Its sessions stay, without an agent; the next start of one takes the default of the project.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .delete("/api/projects/{projectId}/agents/{agentId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(agentID: "a1")
    package static let exampleResult = Empty()

    package typealias Params = AgentTarget
    package typealias Result = Empty
}
