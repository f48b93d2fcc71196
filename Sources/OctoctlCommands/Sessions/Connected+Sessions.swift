import Foundation
import OctobotAPI
import OctobotClient
import OctobotModel

extension Connected {
    /// The session people mean: the one named, else the latest of the current folder's workspace, which is then said.
    func session(_ id: String?) async throws -> SessionID {
        if let id { return SessionID(id) }
        let folder = FileManager.default.currentDirectoryPath
        let reference = try WorkspaceReference(folder, from: folder)
        let project = project
        var sessions: [Session] = []
        for workspace in try await workspaces(reference).map(\.id) {
            sessions += try await client.pages(ListSessions.self) { cursor in
                ListSessions.Params(projectID: project, workspaceID: workspace, limit: Self.pageSize, cursor: cursor)
            }
        }
        guard let latest = Self.latest(of: sessions) else {
            throw Failure(
                "No session works on this folder.",
                hint: "Name one ('octoctl session list' shows them), or begin one: octoctl chat -w . PROMPT",
                status: .notFound
            )
        }
        console.note("Session \(latest.id): \(TerminalText.line(latest.title))", .dim)
        return latest.id
    }

    /// The session created last, those that go away aside.
    static func latest(of sessions: [Session]) -> Session? {
        sessions.filter { $0.status != .removing && $0.status != .removed }
            .max { ($0.createdAt, $0.id.rawValue) < ($1.createdAt, $1.id.rawValue) }
    }

    /// Waits until a session's sandbox runs.
    ///
    /// - Throws: ``Failure`` when it cannot be made.
    func ready(_ session: Session) async throws -> Session {
        let params = GetSession.Params(projectID: project, sessionID: session.id)
        let settled = try await wait { () -> Session? in
            let session = try await client.call(GetSession.self, params)
            return [.ready, .running, .error, .stopped, .removing].contains(session.status) ? session : nil
        }
        if settled.status == .ready || settled.status == .running { return settled }
        throw Failure(
            settled.errorMessage ?? "The session is \(settled.status.rawValue).",
            hint: "'octoctl doctor' tells what is missing on this machine.",
            status: .workFailed
        )
    }
}
