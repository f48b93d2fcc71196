import JSONText
import OctobotModel
import Testing

/// One JSON shape per entity on socket and REST (decision 44).
@Suite("Entities as JSON")
struct EntityTests {
    private static let now = Timestamp(milliseconds: 1_767_323_045_678)

    /// Checks that `value` survives, and which members it writes.
    private func check<Entity: Codable & Equatable>(_ value: Entity, _ members: String) throws {
        let bytes = try JSONCoding.encode(value)
        #expect(try JSONCoding.decode(Entity.self, from: bytes) == value)
        let tree = try JSONValue(parsing: bytes)
        #expect(tree.objectValue?.keys.sorted().joined(separator: " ") == members)
    }

    @Test("a session leaves out what is not known")
    func bareSession() throws {
        try check(
            Session(
                id: "s1",
                projectID: .local,
                workspaceID: "w1",
                name: "n",
                status: .initializing,
                permissionMode: .ask,
                provider: "local",
                createdAt: Self.now,
                updatedAt: Self.now
            ),
            "cause createdAt description files id isolationNotes name permissionMode projectId provider since status "
                + "timestamp updatedAt workspaceId"
        )
    }

    @Test("a session writes all it knows")
    func fullSession() throws {
        try check(
            Session(
                id: "s1",
                projectID: .local,
                workspaceID: "w1",
                agentID: "a1",
                name: "n",
                displayName: "d",
                status: .pullingImage,
                errorMessage: "e",
                commitStatus: .failed,
                commitError: "c",
                commitOutcome: .targetDirty,
                baseCommit: "b",
                appliedCommit: "a",
                model: "m",
                reasoning: .disabled,
                permissionMode: .auto,
                provider: "local",
                isolationNotes: ["network=host"],
                workspacePath: "/w",
                workspaceCommit: "c",
                workspaceDirty: true,
                jobID: "j1",
                createdAt: Self.now,
                updatedAt: Self.now
            ),
            "agentId appliedCommit baseCommit cause commitError commitOutcome commitStatus createdAt description "
                + "displayName errorMessage files id isolationNotes jobId model name permissionMode projectId provider "
                + "reasoning since status timestamp updatedAt workspaceCommit workspaceDirty workspaceId workspacePath"
        )
    }

    @Test("workspace, agent, project and preference")
    func owners() throws {
        try check(
            Workspace(
                id: "w1",
                projectID: .local,
                path: "/w",
                displayName: "d",
                sourceType: .git,
                provider: "docker",
                status: .error,
                errorMessage: "e",
                workDir: "/w",
                commit: "c",
                createdAt: Self.now,
                updatedAt: Self.now
            ),
            "commit createdAt displayName errorMessage id path projectId provider sessions sourceType status updatedAt "
                + "workDir"
        )
        try check(
            Agent(
                id: "a1",
                projectID: .local,
                agentType: "custom",
                command: ["x"],
                isDefault: false,
                createdAt: Self.now,
                updatedAt: Self.now
            ),
            "agentType command createdAt id isDefault mcpServers projectId updatedAt"
        )
        try check(
            Project(id: .local, name: "n", slug: "s", createdAt: Self.now, updatedAt: Self.now),
            "createdAt id name slug updatedAt"
        )
        try check(Preference(key: "k", value: "v", updatedAt: Self.now), "key updatedAt value")
    }

    @Test("turn, approval, job and event")
    func work() throws {
        try check(
            Turn(
                id: "t1",
                sessionID: "s1",
                messageID: "m1",
                state: .unknown,
                reason: "r",
                model: "m",
                reasoning: .enabled,
                createdAt: Self.now,
                startedAt: Self.now,
                endedAt: Self.now
            ),
            "cause createdAt endedAt id messageId model reason reasoning sessionId since startedAt state"
        )
        try check(
            Approval(
                id: "p1",
                sessionID: "s1",
                turnID: "t1",
                toolCallID: "c1",
                kind: .question,
                state: .answered,
                questions: [Question(question: "q", header: "h", options: [], multiSelect: true)],
                answers: ["q": "a"],
                answeredBy: "b",
                answeredAt: Self.now,
                createdAt: Self.now
            ),
            "answeredAt answeredBy answers createdAt id kind questions sessionId state toolCallId turnId"
        )
        try check(
            Job(
                id: "j1",
                projectID: .local,
                type: .sessionCommit,
                resourceType: "workspace",
                resourceID: "w1",
                status: .failed,
                attempts: 3,
                maxAttempts: 3,
                error: "e",
                reason: "poison",
                createdAt: Self.now,
                scheduledAt: Self.now,
                startedAt: Self.now,
                completedAt: Self.now
            ),
            "attempts completedAt createdAt error id maxAttempts projectId reason resourceId resourceType scheduledAt "
                + "startedAt status type"
        )
        try check(
            Event(id: "e1", seq: 9, type: .agentUpdated, timestamp: Self.now, data: ["agentId": "a1"]),
            "data id seq timestamp type"
        )
    }

    @Test("states are spelt as the REST contract spells them")
    func spelling() {
        #expect(
            SessionStatus.allCases.map(\.rawValue) == [
                "initializing", "reinitializing", "cloning", "pulling_image", "creating_sandbox", "ready", "running",
                "stopped", "error", "removing", "removed",
            ]
        )
        #expect(CommitStatus.allCases.map(\.rawValue) == ["pending", "committing", "completed", "failed"])
        #expect(WorkspaceStatus.allCases.map(\.rawValue) == ["initializing", "cloning", "ready", "error"])
        #expect(JobStatus.allCases.map(\.rawValue) == ["pending", "running", "completed", "failed", "cancelled"])
        #expect(
            TurnState.allCases.map(\.rawValue) == [
                "queued", "delivering", "running", "completed", "failed", "cancelled", "unknown",
            ]
        )
        #expect(
            JobType.allCases.map(\.rawValue) == ["workspace_init", "session_init", "session_delete", "session_commit"]
        )
    }

    @Test("a turn or job that ended never runs again")
    func terminalStates() {
        #expect(TurnState.allCases.filter(\.isTerminal) == [.completed, .failed, .cancelled, .unknown])
        #expect(JobStatus.allCases.filter(\.isTerminal) == [.completed, .failed, .cancelled])
    }

    @Test("each role includes those before it")
    func roles() {
        #expect(Role.member < .admin)
        #expect(Role.admin < .owner)
        #expect(Role.allCases.sorted() == [.member, .admin, .owner])
    }
}
