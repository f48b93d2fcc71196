import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI

/// Conversations and their sandboxes (`session.*`; behaviour.md §6).
package struct SessionService: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders
    private let repositories: Repositories
    private let sandboxes: SessionSandboxes
    private let jobs: JobService
    private let disk: DiskLimits

    package init(
        ledger: Ledger,
        providers: SandboxProviders,
        repositories: Repositories,
        sandboxes: SessionSandboxes,
        jobs: JobService,
        disk: DiskLimits
    ) {
        self.ledger = ledger
        self.providers = providers
        self.repositories = repositories
        self.sandboxes = sandboxes
        self.jobs = jobs
        self.disk = disk
    }

    /// `session.create`: stores the session and, unless `start` is false, queues its sandbox.
    package func create(_ params: CreateSession.Params, _ call: Call) async throws(Fault) -> Session {
        let project = params.projectID ?? .local
        guard let workspace = try await ledger.read({ try $0.workspace(params.workspaceID, in: project) }) else {
            throw .notFound("workspace", params.workspaceID)
        }
        let isDirty = await repositories.isDirty(workspace)
        return try await ledger.once(call, method: CreateSession.name, params: params) { transaction, wakes in
            try disk.checkReserve()
            let draft = SessionDraft(
                id: params.id,
                workspaceID: params.workspaceID,
                agentID: params.agentID,
                name: params.name,
                model: params.model,
                reasoning: params.reasoning,
                permissionMode: params.permissionMode,
                isDirty: isDirty
            )
            let session = try transaction.createSession(draft, in: project, &wakes)
            if params.start ?? true {
                try transaction.enqueueInit(of: session)
                wakes.ring(.jobs)
            }
            return session
        }
    }

    /// `session.list`.
    package func list(_ params: ListSessions.Params, _ call: Call) async throws(Fault) -> Page<Session> {
        let project = params.projectID ?? .local
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read {
            Page(try $0.sessions(in: project, workspace: params.workspaceID, page: request))
        }
    }

    /// `session.get`.
    package func get(_ params: GetSession.Params, _ call: Call) async throws(Fault) -> Session {
        try await session(params.sessionID, in: params.projectID)
    }

    /// `session.update`: an empty display name or `null` clears it; a status stops or starts the sandbox.
    package func update(_ params: UpdateSession.Params, _ call: Call) async throws(Fault) -> Session {
        let project = params.projectID ?? .local
        let id = params.sessionID
        let named = try await ledger.write { transaction, wakes in
            guard let before = try transaction.session(id, in: project) else { throw Fault.notFound("session", id) }
            if let name = params.name, !name.isEmpty { try transaction.setSessionName(id, to: name) }
            switch params.displayName {
            case .absent: break
            case .null: try transaction.setSessionDisplayName(id, to: nil)
            case .value(let name): try transaction.setSessionDisplayName(id, to: name.isEmpty ? nil : name)
            }
            guard let session = try transaction.session(id, in: project) else { throw Fault.notFound("session", id) }
            let isChanged = (session.name, session.displayName) != (before.name, before.displayName)
            if isChanged { try transaction.publish(session, &wakes) }
            return session
        }
        switch params.status {
        case .stopped: return try await stop(StopSession.Params(projectID: project, sessionID: id), call)
        case .ready: return try await start(StartSession.Params(projectID: project, sessionID: id), call)
        case nil: return named
        }
    }

    /// `session.delete`: cancels its turns and queues the removal; repeating it answers the same.
    package func delete(_ params: DeleteSession.Params, _ call: Call) async throws(Fault) -> Session {
        let project = params.projectID ?? .local
        return try await ledger.write { transaction, wakes in
            try transaction.deleteSessionLater(params.sessionID, in: project, &wakes)
        }
    }

    /// Deletes every session of a workspace and waits until they are gone or kept.
    func deleteAll(of workspace: WorkspaceID, in project: ProjectID) async throws(Fault) {
        while true {
            let pending = try await ledger.write { transaction, wakes in
                try transaction.sessions(in: project, workspace: workspace, page: PageRequest(limit: 500, cursor: nil))
                    .items
                    .compactMap { try transaction.deleteSessionLater($0.id, in: project, &wakes).jobID }
            }
            if pending.isEmpty { return }
            for id in pending { try await removed(by: id, in: project) }
        }
    }

    /// Waits for a removal.
    private func removed(by id: JobID, in project: ProjectID) async throws(Fault) {
        do {
            let job = try await jobs.ended(id, in: project)
            if job.status == .failed {
                throw Fault(.upstreamFailed, "A session could not be removed: \(job.error ?? "no reason given").")
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled; the sessions are still being removed.")
        }
    }

    /// `session.start`: idempotent; answers at once while the sandbox comes up.
    package func start(_ params: StartSession.Params, _ call: Call) async throws(Fault) -> Session {
        let session = try await session(params.sessionID, in: params.projectID)
        return try await sandboxes.begin(session)
    }

    /// `session.stop`: refused while turns run or wait, unless `force`, which cancels them (decision 38).
    package func stop(_ params: StopSession.Params, _ call: Call) async throws(Fault) -> Session {
        let session = try await session(params.sessionID, in: params.projectID)
        let isForced = params.force ?? false
        let cancelled = try await ledger.write { transaction, wakes in
            let turns = try transaction.activeTurns(in: session.id)
            guard isForced || turns.isEmpty else {
                throw Fault.invalidState(
                    "The session has \(turns.count) turn(s) running or waiting.",
                    reason: "session.busy",
                    state: session.status.rawValue,
                    hint: "Cancel them first, or stop with force."
                )
            }
            if !turns.isEmpty { try transaction.cancelTurns(turns, in: session, &wakes) }
            try transaction.cancelPendingInit(of: session.id, &wakes)
            return turns.map(\.id)
        }
        do {
            try await ended(cancelled, in: session.id, within: Self.windUp)
            try await initEnded(of: session.id)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled before the sandbox was stopped.")
        }
        try await sandboxes.stop(session)
        do {
            // Without a sandbox their runners end them.
            try await ended(cancelled, in: session.id, within: TurnFollower.cancelGrace + .seconds(2))
        } catch {
            throw Fault(.cancelled, "The call was cancelled once the sandbox was stopped.")
        }
        return try await self.session(session.id, in: session.projectID)
    }

    /// How long turns whose sandbox is to be stopped have to end with it there, so that their last words are kept.
    private static let windUp = Duration.milliseconds(1200)

    /// Returns once the turns have ended, or the time is up.
    private func ended(_ turns: [TurnID], in session: SessionID, within limit: Duration) async throws {
        let bell = ledger.bells.listen(to: .turns(session))
        let deadline = ContinuousClock.now + limit
        while try await ledger.read({ reader in try turns.contains { try reader.turn($0)?.state.isTerminal == false } })
        {
            let rest = deadline - .now
            guard rest > .zero else { return }
            try await bell.wait(atMost: rest)
        }
    }

    /// Returns once no initialisation is left: one that waits is cancelled, one that runs is asked to give up.
    ///
    /// - Throws: `DeadlineExceeded` when it does not.
    private func initEnded(of session: SessionID) async throws {
        let deadline = ContinuousClock.now + Self.initPatience
        while true {
            let running = try await ledger.write { transaction, wakes in
                try transaction.cancelPendingInit(of: session, &wakes)
                return try transaction.activeJob(type: .sessionInit, resourceID: session.rawValue)
            }
            guard let running else { return }
            do {
                try await jobs.interrupt(running.id, limit: max(deadline - .now, .zero))
            } catch is DeadlinePassed {
                throw Fault(
                    .deadlineExceeded,
                    "The sandbox is still being started and does not give up.",
                    reason: "session.starting",
                    details: ["jobId": .string(running.id.rawValue)],
                    hint: "Stop the session again when job \(running.id) has ended."
                )
            }
        }
    }

    /// How long a start that is to give up may take to do so.
    private static let initPatience = Duration.seconds(30)

    /// `session.diff`: the session's working tree, untracked files included, against its base; wakes the sandbox.
    package func diff(_ params: DiffSession.Params, _ call: Call) async throws(Fault) -> SessionDiff {
        let session = try await session(params.sessionID, in: params.projectID)
        let agent = try await sandboxes.running(session)
        do {
            let bytes = try await agent.diff(path: params.path, format: params.format?.rawValue)
            return try SessionDiff(agentAnswer: bytes, path: params.path)
        } catch let error as SandboxAgentError {
            throw error.fault(doing: "reading the diff")
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.upstreamFailed, "The sandbox's diff could not be read.")
        }
    }

    /// `session.commit`: queues bringing the commits back (behaviour.md §8; decisions 16–18).
    package func commit(_ params: CommitSession.Params, _ call: Call) async throws(Fault) -> Session {
        let project = params.projectID ?? .local
        let id = params.sessionID
        return try await ledger.once(call, method: CommitSession.name, params: params) { transaction, wakes in
            guard let session = try transaction.session(id, in: project) else { throw Fault.notFound("session", id) }
            if session.status == .removing { throw Fault.removing(session) }
            if let status = session.commitStatus, status == .pending || status == .committing {
                throw Fault.invalidState(
                    "The session is being committed already.",
                    reason: "session.committing",
                    state: status.rawValue
                )
            }
            guard try transaction.activeTurns(in: id).isEmpty else {
                throw Fault.invalidState(
                    "The session has a turn running or waiting.",
                    reason: "session.busy",
                    state: session.status.rawValue,
                    hint: "Wait for it or cancel it, then commit."
                )
            }
            var payload: [String: JSONValue] = [:]
            if let message = params.message { payload["message"] = .string(message) }
            let job = try transaction.enqueueJob(
                type: .sessionCommit,
                project: project,
                resourceType: "workspace",
                resourceID: session.workspaceID.rawValue,
                payload: payload.merging(["sessionId": .string(id.rawValue)]) { $1 },
                priority: 10,
                maxAttempts: 3
            )
            guard job.created else {
                throw Fault.invalidState(
                    "Another session of this workspace is being committed.",
                    reason: "workspace.committing",
                    state: "committing",
                    hint: "Try again when job \(job.job.id) has ended."
                )
            }
            _ = try transaction.setCommitState(id, from: nil, to: CommitState(status: .pending))
            try transaction.publish(session: id, &wakes)
            wakes.ring(.jobs)
            guard var updated = try transaction.session(id, in: project) else { throw Fault.notFound("session", id) }
            updated.jobID = job.job.id
            return updated
        }
    }

    /// `session.messages`, oldest first; never wakes a sandbox (decision 7).
    package func messages(_ params: ListMessages.Params, _ call: Call) async throws(Fault) -> Page<ChatMessage> {
        let session = try await session(params.sessionID, in: params.projectID)
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { reader in
            let messages = try reader.messages(session: session.id, page: request)
            return Page(items: messages.items.map(ChatMessage.init), nextCursor: messages.nextCursor)
        }
    }

    /// `session.kept`: deleted sessions whose work can still be restored.
    package func kept(_ params: ListKeptSessions.Params, _ call: Call) async throws(Fault) -> Page<KeptSession> {
        let project = params.projectID ?? .local
        return Page(items: try await ledger.read { try $0.keptSessions(in: project) })
    }

    /// `session.restore`: a kept session as it was, stopped; its workspace's URL is cloned again if need be.
    package func restore(_ params: RestoreSession.Params, _ call: Call) async throws(Fault) -> Session {
        let project = params.projectID ?? .local
        let id = params.sessionID
        let kept = try await ledger.read { try $0.keptSessions(in: project).first { $0.sessionID == id } }
        guard kept != nil else { throw .notFound("kept session", id) }
        try await sandboxes.restoreData(of: id, in: project)
        return try await ledger.write { transaction, wakes in
            guard let session = try transaction.restoreKept(id) else { throw Fault.notFound("kept session", id) }
            try transaction.publish(session, &wakes)
            guard var workspace = try transaction.workspace(session.workspaceID, in: nil) else { return session }
            if workspace.sourceType == .git {
                // Its clone may have been deleted with it.
                _ = try transaction.setWorkspaceStatus(workspace.id, from: nil, to: .initializing, error: nil)
                try transaction.enqueueInit(of: workspace)
                workspace.status = .initializing
                wakes.ring(.jobs)
            }
            try transaction.publish(workspace: workspace.id, in: project, status: workspace.status.rawValue, &wakes)
            return session
        }
    }

    private func session(_ id: SessionID, in project: ProjectID?) async throws(Fault) -> Session {
        let project = project ?? .local
        guard let session = try await ledger.read({ try $0.session(id, in: project) }) else {
            throw .notFound("session", id)
        }
        return session
    }
}

extension StoreTransaction {
    /// Cancels the session's initialisation unless it has begun.
    func cancelPendingInit(of session: SessionID, _ wakes: inout Wakes) throws {
        guard let job = try activeJob(type: .sessionInit, resourceID: session.rawValue), try cancelJob(job.id),
            let cancelled = try self.job(job.id, in: nil)
        else { return }
        try publish(cancelled, &wakes)
    }
}

extension Fault {
    /// The session is on its way out.
    static func removing(_ session: Session) -> Fault {
        .invalidState("The session is being removed.", reason: "session.removing", state: session.status.rawValue)
    }
}
