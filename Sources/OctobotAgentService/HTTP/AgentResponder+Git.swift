import GitCommand
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
        return try .json(await whileIdle { try await repository.commit(onto: body.onto, message: body.message) })
    }

    func moveBase(_ request: Request) async throws -> Response {
        let body = try await request.decode(MoveBase.self)
        try await whileIdle { try await repository.moveBase(to: body.commit) }
        return try .json(AgentSuccess())
    }

    /// The work tree belongs to the agent while a turn runs, and to us meanwhile.
    private func whileIdle<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        if let running = await chat.reserve() {
            throw HTTPRefusal(.conflict, ErrorBody(ErrorBody.completionInProgress, completionID: running))
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(error)
        }
        await chat.release()
        return try result.get()
    }

    /// The refusal of a failure of the clone (agent-api.md §9, decision 16).
    static func refusal(_ failure: RepositoryFailure) -> HTTPRefusal {
        switch failure {
        case .notARepository:
            HTTPRefusal(.badRequest, ErrorBody(ErrorBody.notGitRepository, message: "There is no git repository here."))
        case .unknownCommit(let name):
            HTTPRefusal(.badRequest, ErrorBody(ErrorBody.invalidParent, message: "There is no commit '\(name)' here."))
        case .notAnAncestor(let name):
            HTTPRefusal(.conflict, ErrorBody(ErrorBody.parentMismatch, message: "'\(name)' is not part of HEAD."))
        case .noCommits:
            HTTPRefusal(.notFound, ErrorBody(ErrorBody.noCommits, message: "There are no commits to hand out."))
        case .conflict(let files, let message):
            HTTPRefusal(.conflict, ErrorBody(ErrorBody.conflict, message: message, files: files))
        case .patchesTooLarge:
            HTTPRefusal(
                .contentTooLarge,
                ErrorBody("patches_too_large", message: "The commits are larger than 50 MiB.")
            )
        }
    }

    /// The answer to any other failure of git.
    static func refusal(_ error: GitError) -> HTTPRefusal {
        HTTPRefusal(.internalServerError, ErrorBody("git_failed", message: error.description))
    }
}
