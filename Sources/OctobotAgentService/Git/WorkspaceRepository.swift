import SandboxAgentAPI

/// The session's clone: made at the start, compared and committed later (decisions 14–16).
struct WorkspaceRepository: Sendable {
    let directory: String
    let stateFolder: String

    func prepare(mirror: String?, commit: String?) async throws {}
    func setIdentity(_ identity: AgentGitIdentity) async throws {}
    func diff(withPatches: Bool) async throws -> AgentDiff {
        AgentDiff(files: [], stats: .init(filesChanged: 0, additions: 0, deletions: 0))
    }
    func diff(of path: String) async throws -> AgentFileDiff { AgentFileDiff(path: path, status: .unchanged) }
    func commits(after parent: String) async throws -> CommitPatches { CommitPatches(patches: "", commitCount: 0) }
    func commit(onto: String, message: String?) async throws -> WorkCommitted { WorkCommitted(head: "", commitCount: 0) }
    func moveBase(to commit: String) async throws {}
}
