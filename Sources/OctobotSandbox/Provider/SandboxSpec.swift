package import OctobotModel

/// What a sandbox is made from; kept by the provider as long as the sandbox.
package struct SandboxSpec: Sendable, Codable, Equatable {
    package var sessionID: SessionID
    package var workspaceID: WorkspaceID
    package var projectID: ProjectID
    /// The workspace's bare mirror, shown read-only at `/.workspace`.
    package var mirrorPath: String?
    /// The workspace's own path or URL, for people.
    package var source: String?
    /// The commit the session starts from.
    package var commit: String?
    /// An entry of the agent catalogue.
    package var agentType: String
    /// Program and arguments in place of the catalogue's.
    package var agentCommand: [String]?
    /// `ask` or `auto` (decision 33).
    package var permissionMode: String
    /// The value of `OCTOBOT_SECRET`: salt and digest, never the secret (agent-api.md §2).
    package var secretHash: String

    package init(
        sessionID: SessionID,
        workspaceID: WorkspaceID,
        projectID: ProjectID,
        mirrorPath: String?,
        source: String?,
        commit: String?,
        agentType: String,
        agentCommand: [String]?,
        permissionMode: String,
        secretHash: String
    ) {
        self.sessionID = sessionID
        self.workspaceID = workspaceID
        self.projectID = projectID
        self.mirrorPath = mirrorPath
        self.source = source
        self.commit = commit
        self.agentType = agentType
        self.agentCommand = agentCommand
        self.permissionMode = permissionMode
        self.secretHash = secretHash
    }
}
