import HTTPTypes
import HummingbirdCore
import JSONText
import SandboxAgentAPI

extension AgentResponder {
    func diff(_ request: Request) async throws -> Response {
        if let path = request.query("path"), !path.isEmpty {
            let normal: String
            do {
                normal = try WorkspaceFiles.normal(path)
            } catch {
                throw HTTPRefusal(.badRequest, "Invalid path")
            }
            return try .json(await repository.diff(of: normal))
        }
        switch request.query("format") {
        case nil, "full": return try .json(await repository.diff(withPatches: true))
        case "files": return try .json(await repository.diff(withPatches: false))
        default: throw HTTPRefusal(.badRequest, "format is full or files")
        }
    }

    func commits(_ request: Request) async throws -> Response {
        let parent = request.query("parent")?.trimmingPrefix { $0 == " " } ?? ""
        guard !parent.isEmpty else {
            throw HTTPRefusal(.badRequest, ErrorBody(ErrorBody.invalidParent, message: "parent is required"))
        }
        return try .json(await repository.commits(after: String(parent)))
    }

    func commit(_ request: Request) async throws -> Response {
        let body = try await request.decode(CommitWork.self)
        try await requireIdle()
        return try .json(await repository.commit(onto: body.onto, message: body.message))
    }

    func moveBase(_ request: Request) async throws -> Response {
        let body = try await request.decode(MoveBase.self)
        try await requireIdle()
        try await repository.moveBase(to: body.commit)
        return try .json(AgentSuccess())
    }

    /// The work tree belongs to the agent while a turn runs.
    private func requireIdle() async throws {
        guard let running = await chat.runningTurn else { return }
        throw HTTPRefusal(.conflict, ErrorBody(ErrorBody.completionInProgress, completionID: running))
    }
}
