import JSONText
import OctobotModel
import OctobotStore
import Sealing

/// What a new session is made from.
struct SessionDraft: Sendable {
    /// The name of a session that nobody has named.
    static let unnamed = "New Session"

    var id: SessionID?
    var workspaceID: WorkspaceID
    var agentID: AgentID?
    var name: String?
    var model: String?
    var reasoning: Reasoning?
    var permissionMode: PermissionMode?
    /// The local workspace has changes the sandbox will not see.
    var isDirty: Bool?
}

extension StoreTransaction {
    /// Stores a new session, `initializing`, and announces it.
    ///
    /// - Throws: `AlreadyExists`, `InvalidParams` for an unfit id, `NotFound` for workspace, agent, or an id of another
    ///   project's.
    func createSession(_ draft: SessionDraft, in project: ProjectID, _ wakes: inout Wakes) throws -> Session {
        let id = draft.id ?? .random()
        guard id.isValid else {
            throw Fault.invalidParams(
                "'\(id.rawValue.prefix(80))' cannot be a session id.",
                pointer: "/id",
                rule: "pattern",
                expected: "1 to 65 letters, digits and hyphens, the first no hyphen"
            )
        }
        guard let workspace = try workspace(draft.workspaceID, in: project) else {
            throw Fault.notFound("workspace", draft.workspaceID)
        }
        if let agent = draft.agentID, try self.agent(agent, in: project) == nil {
            throw Fault.notFound("agent", agent)
        }
        // Last, so that who may not make a session here learns of no other.
        try checkFree("session", id, owner: projectOfSession(ignoringCase: id, preferring: project), in: project)
        let name = draft.name.map { $0.trimmingPrefix(while: \.isWhitespace) }.map { String($0.prefix(1000)) }
        let now = Timestamp.now
        let session = Session(
            id: id,
            projectID: project,
            workspaceID: workspace.id,
            agentID: try draft.agentID ?? defaultAgent(in: project)?.id,
            name: name.flatMap { $0.isEmpty ? nil : $0 } ?? SessionDraft.unnamed,
            status: .initializing,
            model: draft.model,
            reasoning: draft.reasoning,
            permissionMode: draft.permissionMode ?? .ask,
            provider: workspace.provider,
            workspaceDirty: draft.isDirty,
            createdAt: now,
            updatedAt: now,
            cause: StateCause(.request, "The session was created.")
        )
        try insertSession(session, secretNonce: try SecureRandom.hex(bytes: 16))
        try publish(session, &wakes)
        return session
    }

    /// Marks a session `removing`, cancels its turns and queues its deletion; a pending initialisation or commit is cancelled.
    ///
    /// - Returns: The session with the job's id.
    func deleteSessionLater(_ id: SessionID, in project: ProjectID, _ wakes: inout Wakes) throws -> Session {
        guard let session = try session(id, in: project) else { throw Fault.notFound("session", id) }
        try cancelTurns(try activeTurns(in: id), in: session, &wakes)
        try cancelPendingInit(of: id, &wakes)
        try cancelPendingCommit(of: session, &wakes)
        let job = try enqueueJob(
            type: .sessionDelete,
            project: project,
            resourceType: "session",
            resourceID: id.rawValue,
            payload: [:],
            priority: 5,
            maxAttempts: 3
        ).job
        let others = Set(SessionStatus.allCases).subtracting([.removing, .removed])
        let cause = StateCause(.request, "Somebody deleted it.", jobID: job.id)
        if try transition(session: id, from: others, to: .removing, error: nil, cause: cause) {
            try publish(session: id, &wakes)
        }
        wakes.ring(.jobs)
        var updated = try self.session(id, in: project) ?? session
        updated.jobID = job.id
        return updated
    }

    /// Cancels a session's commit that has not begun; one with something to finish is left to its job.
    private func cancelPendingCommit(of session: Session, _ wakes: inout Wakes) throws {
        guard try commitIntent(session: session.id) == nil, let job = try activeCommit(of: session),
            try cancelJob(job.id), let cancelled = try self.job(job.id, in: nil)
        else { return }
        let state = CommitState(status: .failed, error: "The session was deleted.")
        _ = try setCommitState(session.id, from: [.pending, .committing], to: state)
        try publish(cancelled, &wakes)
    }
}

extension StoreReader {
    /// Refuses an id of a caller's own choice that is in use.
    ///
    /// Ids are unique in the whole installation. One that another project has is to the caller what any other object
    /// of that project is: not found, in the same words as one that is nowhere.
    ///
    /// - Parameter owner: The project that has the id.
    func checkFree(
        _ noun: String,
        _ id: some CustomStringConvertible,
        owner: ProjectID?,
        in project: ProjectID
    ) throws(Fault) {
        guard let owner else { return }
        guard owner == project else { throw .notFound(noun, id) }
        throw Fault(.alreadyExists, "There is \(noun == "agent" ? "an" : "a") \(noun) '\(id)' already.")
    }

    /// The job that waits or runs to commit a session.
    func activeCommit(of session: Session) throws -> Job? {
        guard let job = try activeJob(type: .sessionCommit, resourceID: session.workspaceID.rawValue),
            try jobPayload(job.id)?["sessionId"]?.stringValue == session.id.rawValue
        else { return nil }
        return job
    }
}
