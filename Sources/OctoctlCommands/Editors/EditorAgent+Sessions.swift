import AgentClientProtocol
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import Synchronization

extension EditorAgent {
    /// `session/new`: a session of the workspace `cwd` lies in, or the one the command line names.
    func newSession(_ request: JSONValue) async throws -> JSONValue {
        let folder = try Self.folder(request)
        warn(ofServers: request)
        if let id = options.session {
            let session = try await open(SessionID(id), folder, from: .snapshot, replays: true)
            return answer(session, id: true)
        }
        let reference = try reference(folder)
        // The agent first: nothing is made for a command that is wrong.
        let agent = try await connected.agent(options.agent)
        let workspace = try await connected.ready(connected.workspace(creating: reference))
        let params = CreateSession.Params(
            projectID: connected.project,
            workspaceID: workspace.id,
            id: .random(),
            agentID: agent,
            permissionMode: options.permissionMode,
            start: false
        )
        let created = try await connected.client.call(CreateSession.self, params)
        let session = try await open(created, folder, from: .start, replays: true, greeting: Self.greeting(created))
        return answer(session, id: true)
    }

    /// `session/load` and `session/resume`: an existing session, with its history told or not.
    func attach(_ request: JSONValue, replays: Bool) async throws -> JSONValue {
        guard let id = request["sessionId"]?.stringValue else { throw ACPError.invalidParams("sessionId is missing") }
        warn(ofServers: request)
        let session = try await open(SessionID(id), Self.folder(request), from: .snapshot, replays: replays)
        read(session)
        try await session.caughtUp.value?.get()
        return answer(session, id: false)
    }

    /// `session/list`: sessions of the workspaces around `cwd`, or all that work on folders; newest first.
    func list(_ request: JSONValue) async throws -> JSONValue {
        let project = connected.project
        let workspaces = try await connected.client.pages(ListWorkspaces.self) { cursor in
            ListWorkspaces.Params(projectID: project, limit: 500, cursor: cursor)
        }
        let folder = request["cwd"]?.stringValue
        let root = folder.map { WorkTree.root(of: FilePath.canonical($0)) ?? FilePath.canonical($0) }
        var folders: [WorkspaceID: String] = [:]
        for workspace in workspaces where workspace.sourceType == .local {
            let isMeant = root.map { workspace.isMeant(by: .folder($0)) } ?? true
            if isMeant { folders[workspace.id] = folder ?? workspace.path }
        }
        let page = try await connected.client.call(
            ListSessions.self,
            ListSessions.Params(projectID: project, limit: 100, cursor: request["cursor"]?.stringValue)
        )
        let sessions = page.items.compactMap { session -> JSONValue? in
            guard let folder = folders[session.workspaceID], session.status != .removing else { return nil }
            return [
                "sessionId": .string(session.id.rawValue), "cwd": .string(folder), "title": .string(session.title),
                "updatedAt": .string(session.updatedAt.description),
            ]
        }
        var result: [String: JSONValue] = ["sessions": .array(sessions)]
        result["nextCursor"] = page.nextCursor.map(JSONValue.string)
        return .object(result)
    }

    /// After a turn: a title or models the editor does not know yet.
    func refresh(_ session: EditorSession) async {
        do {
            let params = GetSession.Params(projectID: connected.project, sessionID: session.id)
            let now = try await connected.client.call(GetSession.self, params)
            let models = await models(session.id)
            let news = session.state.withLock { state -> [JSONValue] in
                var news: [JSONValue] = []
                if state.title != now.title {
                    state.title = now.title
                    news.append(EditorUpdate.title(now.title, updatedAt: now.updatedAt.description))
                }
                if !models.isEmpty, state.choices.models != models {
                    state.choices.models = models
                    news.append([
                        "sessionUpdate": "config_option_update", "configOptions": .array(state.choices.json),
                    ])
                }
                return news
            }
            for update in news { try await session.send(update) }
        } catch {
            // The next turn's end brings it.
            session.note("The session could not be looked at: \(ACPError(error))")
        }
    }

    private func answer(_ session: EditorSession, id: Bool) -> JSONValue {
        let choices = session.state.withLock { $0.choices.json }
        var members: [String: JSONValue] = ["configOptions": .array(choices)]
        if id { members["sessionId"] = .string(session.id.rawValue) }
        return .object(members)
    }

    private func open(
        _ id: SessionID,
        _ folder: String,
        from position: StartPosition,
        replays: Bool
    ) async throws -> EditorSession {
        let params = GetSession.Params(projectID: connected.project, sessionID: id)
        let session = try await connected.client.call(GetSession.self, params)
        return try await open(session, folder, from: position, replays: replays, greeting: nil)
    }

    private func open(
        _ session: Session,
        _ folder: String,
        from position: StartPosition,
        replays: Bool,
        greeting: String?
    ) async throws -> EditorSession {
        let opened = EditorSession(
            session.id,
            connected: connected,
            link: link,
            paths: EditorPaths(editorRoot: WorkTree.root(of: folder) ?? folder),
            abilities: abilities,
            from: EditorSession.State(
                position: position,
                replays: replays,
                greeting: greeting,
                choices: EditorChoices(models: await models(session.id)),
                title: session.title
            )
        )
        await add(opened)
        return opened
    }

    /// The models to choose from; none where the agent has not told them yet.
    private func models(_ id: SessionID) async -> [AgentModel] {
        let params = ListSessionModels.Params(projectID: connected.project, sessionID: id)
        do {
            return try await connected.client.call(ListSessionModels.self, params).items
        } catch {
            // A session works without a choice.
            return []
        }
    }

    /// The workspace of a new session: the one named on the command line, else the repository around the folder.
    private func reference(_ folder: String) throws -> WorkspaceReference {
        if let workspace = options.workspace { return try WorkspaceReference(workspace, from: folder) }
        guard let root = WorkTree.root(of: FilePath.canonical(folder)) else {
            throw Failure(
                "\(folder) is in no git repository.",
                hint: "Run 'git init' there, or name a workspace: octoctl acp -w WORKSPACE.",
                status: .usage
            )
        }
        return .folder(root)
    }

    private static func folder(_ request: JSONValue) throws -> String {
        guard let folder = request["cwd"]?.stringValue, folder.hasPrefix("/") else {
            throw ACPError.invalidParams("cwd has to be an absolute path")
        }
        return FilePath.absolute(folder)
    }

    /// What is said before the first turn: where the agent works, and what the sandbox does not hold.
    private static func greeting(_ session: Session) -> String {
        var lines = [
            "_Octobot works in a sandbox on a clone of your last commit. Changes shown here are the sandbox's; "
                + "`octoctl commit --session \(session.id)` brings them into your repository._"
        ]
        if session.workspaceDirty == true { lines.append("_\(SessionCreate.dirtyNote)_") }
        if !session.isolationNotes.isEmpty {
            lines.append("_Weakened sandbox: \(session.isolationNotes.joined(separator: ", "))_")
        }
        return lines.joined(separator: "\n\n") + "\n\n"
    }
}
