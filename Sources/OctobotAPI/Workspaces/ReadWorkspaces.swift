package import OctobotModel

/// List the workspaces of a project.
package enum ListWorkspaces: Operation {
    package static let name = "workspace.list"
    package static let summary = "List the workspaces of a project"
    package static let description = "Oldest first. The `sessions` of each are empty here."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces", shape: .list("workspaces"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(limit: 50)
    package static let exampleResult = Page(items: [Workspace.example()])

    package typealias Params = ProjectPage
    package typealias Result = Page<Workspace>
}

/// Show a workspace with its sessions.
package enum GetWorkspace: Operation {
    package static let name = "workspace.get"
    package static let summary = "Show a workspace with its sessions"
    package static let description = "The only answer in which `sessions` is filled."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces/{workspaceId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1")
    package static let exampleResult = Workspace.example(sessions: [.example()])

    package typealias Params = WorkspaceTarget
    package typealias Result = Workspace
}
