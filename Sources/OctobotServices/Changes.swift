import JSONText
import OctobotModel
import OctobotStore

/// The events and log items of changes, written in the transaction of their cause.
extension StoreTransaction {
    func publish(_ session: Session, _ wakes: inout Wakes) throws {
        try publish(session.id, session.projectID, session.status, session.commitStatus, &wakes)
    }

    /// Announces a session's present row.
    func publish(session id: SessionID, _ wakes: inout Wakes) throws {
        guard let session = try session(id, in: nil) else { return }
        try publish(session, &wakes)
    }

    func publish(
        _ session: SessionID,
        _ project: ProjectID,
        _ status: SessionStatus,
        _ commitStatus: CommitStatus?,
        _ wakes: inout Wakes
    ) throws {
        _ = try appendEvent(
            project: project,
            type: .sessionUpdated,
            data: [
                "sessionId": .string(session.rawValue),
                "status": .string(status.rawValue),
                "commitStatus": .string(commitStatus?.rawValue ?? ""),
            ]
        )
        wakes.ring(.events(project))
    }

    /// `status` is a ``WorkspaceStatus`` or `removed`.
    func publish(workspace: WorkspaceID, in project: ProjectID, status: String, _ wakes: inout Wakes) throws {
        _ = try appendEvent(
            project: project,
            type: .workspaceUpdated,
            data: ["workspaceId": .string(workspace.rawValue), "status": .string(status)]
        )
        wakes.ring(.events(project))
    }

    /// Records HEAD of a workspace's working copy, and announces it where it is another than before.
    func moveWorkspace(_ id: WorkspaceID, to commit: String, _ wakes: inout Wakes) throws {
        guard let workspace = try workspace(id, in: nil), workspace.commit != commit else { return }
        try setWorkspaceCommit(id, to: commit)
        try publish(workspace: id, in: workspace.projectID, status: workspace.status.rawValue, &wakes)
    }

    /// Sets what the next turns of a session use, where given, and announces it where it is another than before.
    func set(_ model: String?, _ reasoning: Reasoning?, of session: Session, _ wakes: inout Wakes) throws {
        let newModel = model.flatMap { $0 == session.model ? nil : $0 }
        let newReasoning = reasoning.flatMap { $0 == session.reasoning ? nil : $0 }
        if let newModel { try setSessionModel(session.id, to: newModel) }
        if let newReasoning { try setSessionReasoning(session.id, to: newReasoning) }
        if newModel != nil || newReasoning != nil { try publish(session: session.id, &wakes) }
    }

    /// `status` is `created`, `updated` or `removed`.
    func publish(agent: AgentID, in project: ProjectID, status: String, _ wakes: inout Wakes) throws {
        _ = try appendEvent(
            project: project,
            type: .agentUpdated,
            data: ["agentId": .string(agent.rawValue), "status": .string(status)]
        )
        wakes.ring(.events(project))
    }

    /// `status` is `created`, `updated` (its secret or name) or `removed`.
    func publish(
        credential: CredentialID,
        of provider: String,
        in project: ProjectID,
        status: String,
        _ wakes: inout Wakes
    ) throws {
        _ = try appendEvent(
            project: project,
            type: .credentialUpdated,
            data: [
                "credentialId": .string(credential.rawValue), "provider": .string(provider),
                "status": .string(status),
            ]
        )
        wakes.ring(.events(project))
    }

    func publish(_ job: Job, _ wakes: inout Wakes) throws {
        var data: [String: JSONValue] = [
            "jobId": .string(job.id.rawValue), "jobType": .string(job.type.rawValue),
            "resourceType": .string(job.resourceType), "resourceId": .string(job.resourceID),
            "status": .string(job.status.rawValue),
        ]
        if let error = job.error { data["error"] = .string(error) }
        _ = try appendEvent(project: job.projectID, type: .jobCompleted, data: .object(data))
        wakes.ring(.events(job.projectID))
        wakes.ring(.jobs)
    }

    /// Records a turn's new state in the chat log and as an event.
    func publish(turn: Turn, in project: ProjectID, _ wakes: inout Wakes) throws {
        var data: [String: JSONValue] = [
            "turnId": .string(turn.id.rawValue), "state": .string(turn.state.rawValue),
        ]
        if let reason = turn.reason { data["reason"] = .string(reason) }
        try appendItem(kind: .turn, turn.sessionID, turn.id, data, &wakes)
        data["sessionId"] = .string(turn.sessionID.rawValue)
        _ = try appendEvent(project: project, type: .turnUpdated, data: .object(data))
        wakes.ring(.events(project))
    }

    /// Records an approval's new state in the chat log and as an event.
    func publish(approval: Approval, in project: ProjectID, _ wakes: inout Wakes) throws {
        let tree = try JSONValue(parsing: JSONCoding.encode(approval))
        try appendItem(
            kind: .approval,
            approval.sessionID,
            approval.turnID,
            ["turnId": .string(approval.turnID.rawValue), "approval": tree],
            &wakes
        )
        _ = try appendEvent(
            project: project,
            type: .approvalUpdated,
            data: [
                "approvalId": .string(approval.id.rawValue), "sessionId": .string(approval.sessionID.rawValue),
                "turnId": .string(approval.turnID.rawValue), "state": .string(approval.state.rawValue),
            ]
        )
        wakes.ring(.events(project))
    }

    /// `status` is `created` or `removed`.
    func publish(rule: ApprovalRuleID, in project: ProjectID, status: String, _ wakes: inout Wakes) throws {
        _ = try appendEvent(
            project: project,
            type: .approvalRuleUpdated,
            data: ["ruleId": .string(rule.rawValue), "status": .string(status)]
        )
        wakes.ring(.events(project))
    }

    func appendPrompt(_ message: JSONValue, of turn: Turn, _ wakes: inout Wakes) throws {
        try appendItem(
            kind: .prompt,
            turn.sessionID,
            turn.id,
            ["turnId": .string(turn.id.rawValue), "message": message],
            &wakes
        )
    }

    /// Appends chunk `n` of a turn; a chunk that is there already is left alone.
    ///
    /// - Returns: Whether it was new.
    @discardableResult
    func appendChunk(
        _ chunk: [UInt8],
        n: Int,
        of turn: TurnID,
        in session: SessionID,
        _ wakes: inout Wakes
    ) throws -> Bool {
        var data = Array("{\"kind\":\"chunk\",\"turnId\":".utf8)
        data += JSONValue.string(turn.rawValue).serialized()
        data += Array(",\"n\":\(n),\"chunk\":".utf8)
        data += chunk
        data.append(UInt8(ascii: "}"))
        let position = try appendChat(
            session: session,
            kind: ChatKind.chunk.rawValue,
            turn: turn,
            n: n,
            data: data,
            payload: chunk,
            at: .now
        )
        wakes.ring(.chat(session))
        return position != nil
    }

    private func appendItem(
        kind: ChatKind,
        _ session: SessionID,
        _ turn: TurnID,
        _ members: [String: JSONValue],
        _ wakes: inout Wakes
    ) throws {
        var members = members
        members["kind"] = .string(kind.rawValue)
        _ = try appendChat(
            session: session,
            kind: kind.rawValue,
            turn: turn,
            n: nil,
            data: JSONValue.object(members).serialized(),
            payload: nil,
            at: .now
        )
        wakes.ring(.chat(session))
    }
}

/// The kinds of chat items (decision 37).
package enum ChatKind: String, Sendable {
    case prompt, turn, chunk, approval
}
