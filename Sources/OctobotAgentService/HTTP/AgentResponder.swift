import ConfinedFiles
import Foundation
import GitCommand
import HTTPTypes
import HummingbirdCore
import JSONText
import Logging
import NIOCore
import NIOPosix
import SandboxAgentAPI

/// Answers the requests of the agent API (agent-api.md §4): secret, route, one answer.
struct AgentResponder: Sendable {
    /// Verifies the secret of a request; `nil` only in tests of the routes.
    var authenticator: Authenticator?
    var chat: ChatService
    var files: WorkspaceFiles
    var meter: UseMeter
    var repository: WorkspaceRepository
    var terminals: TerminalSet
    var commands: CommandSet
    var services: ServiceSet
    var hooks: HookSet
    var version: String
    var logger: Logger
    /// The connection the request came on.
    var connection: (any Channel)?

    typealias Handler = @Sendable (AgentResponder, Request) async throws -> Response

    private static let routes: [String: [HTTPRequest.Method: Handler]] = [
        AgentPath.root: [.get: { _, _ in try Response.json(AgentServiceState()) }],
        AgentPath.health: [.get: { responder, _ in try await responder.health() }],
        AgentPath.user: [.get: { _, _ in try Response.json(AgentUser.current) }],
        AgentPath.models: [.get: { try await $0.models($1) }],
        AgentPath.chat: [.get: { try await $0.stream($1) }, .post: { try await $0.startChat($1) }],
        AgentPath.chatAcknowledge: [.post: { try await $0.acknowledge($1) }],
        AgentPath.chatStatus: [.get: { responder, _ in try await responder.status() }],
        AgentPath.chatCancel: [.post: { try await $0.cancel($1) }],
        AgentPath.chatQuestion: [.get: { try $0.question($1) }],
        AgentPath.chatAnswer: [.post: { try await $0.answerQuestion($1) }],
        AgentPath.files: [.get: { try await $0.listFiles($1) }],
        AgentPath.fileRead: [.get: { try await $0.readFile($1) }],
        AgentPath.fileWrite: [.post: { try await $0.writeFile($1) }],
        AgentPath.fileDelete: [.post: { try await $0.deleteFile($1) }],
        AgentPath.fileRename: [.post: { try await $0.renameFile($1) }],
        AgentPath.diff: [.get: { try await $0.diff($1) }],
        AgentPath.commits: [.get: { try await $0.commits($1) }, .post: { try await $0.commit($1) }],
        AgentPath.commitBase: [.post: { try await $0.moveBase($1) }],
        AgentPath.hooksStatus: [.get: { responder, _ in try await responder.hooksStatus() }],
        AgentPath.terminals: [
            .get: { responder, _ in try responder.listTerminals() }, .post: { try await $0.openTerminal($1) },
        ],
        AgentPath.stats: [.get: { responder, _ in try await responder.use() }],
        AgentPath.commands: [.post: { try await $0.runCommand($1) }],
        AgentPath.services: [.get: { responder, _ in try await responder.listServices() }],
    ]

    /// Answers one request and writes the answer.
    @concurrent func respond(
        _ request: Request,
        _ writer: consuming ResponseWriter,
        on connection: any Channel
    ) async throws {
        var responder = self
        responder.connection = connection
        let response = await responder.answer(request)
        let withoutBody = request.method == .head
        try await writer.write(response: response.head, body: withoutBody ? .init() : response.body)
    }

    private func answer(_ request: Request) async -> Response {
        do {
            do {
                try authenticator?.check(request.header(AgentHeader.authorization))
                return try await route(request)
            } catch let refusal as HTTPRefusal {
                return try .json(refusal.body, status: refusal.status)
            } catch let refusal as WorkspaceFiles.Refusal {
                let (status, body) = Self.wire(refusal)
                return try .json(body, status: status)
            } catch let refusal as HandRefusal {
                let refusal = Self.wire(refusal)
                return try .json(refusal.body, status: refusal.status)
            } catch let refusal as HookSet.Refusal {
                let refusal = Self.wire(refusal)
                return try .json(refusal.body, status: refusal.status)
            } catch let refusal as ServiceRefusal {
                let refusal = refusal.wire
                return try .json(refusal.body, status: refusal.status)
            } catch let failure as RepositoryFailure {
                let refusal = Self.refusal(failure)
                return try .json(refusal.body, status: refusal.status)
            } catch let error as GitError {
                let refusal = Self.refusal(error)
                logger.error("git failed", metadata: ["http.path": "\(request.uri.path)", "error": "\(error)"])
                return try .json(refusal.body, status: refusal.status)
            } catch {
                logger.error(
                    "request failed",
                    metadata: ["http.path": "\(request.uri.path)", "error": "\(error)"]
                )
                return try .json(ErrorBody("Internal error"), status: .internalServerError)
            }
        } catch {
            return Response(status: .internalServerError)
        }
    }

    private func route(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let below = Self.terminalRoutes(path) ?? Self.serviceRoutes(path) ?? Self.hookRoutes(path)
        guard let methods = Self.routes[path] ?? below else { throw HTTPRefusal(.notFound, "Not found") }
        let method = request.method == .head ? .get : request.method
        guard let handler = methods[method] else {
            let allowed = methods.keys.map(\.rawValue).sorted().joined(separator: ", ")
            var response = try Response.json(ErrorBody("Method not allowed"), status: .methodNotAllowed)
            response.headers[.allow] = allowed
            return response
        }
        return try await handler(self, request)
    }

    private static func wire(_ refusal: WorkspaceFiles.Refusal) -> (HTTPResponse.Status, ErrorBody) {
        switch refusal {
        case .invalid(let text): (.badRequest, ErrorBody(text))
        case .notFound(let text): (.notFound, ErrorBody(text))
        case .denied: (.forbidden, ErrorBody("Permission denied"))
        case .tooLarge: (.contentTooLarge, ErrorBody("File too large"))
        case .changed: (.conflict, ErrorBody(ErrorBody.versionConflict, message: "The file has changed."))
        case .diskFull: (.init(code: 507), ErrorBody("disk_full", message: "The sandbox's disk is full."))
        }
    }

    /// Runs blocking file work off the cooperative threads.
    func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}

// MARK: - State

extension AgentResponder {
    private func health() async throws -> Response { try .json(await chat.health(version: version)) }

    private func status() async throws -> Response { try .json(await chat.status) }

    private func question(_ request: Request) throws -> Response {
        try .json(chat.question(request.query("toolUseID")))
    }
}

// MARK: - Files

extension AgentResponder {
    private func use() async throws -> Response {
        try .json(await blocking { [meter] in meter.use() })
    }

    private func listFiles(_ request: Request) async throws -> Response {
        let path = request.query("path") ?? "."
        let hidden = request.query("hidden") == "true"
        return try .json(await blocking { [files] in try files.list(path.isEmpty ? "." : path, hidden: hidden) })
    }

    private func readFile(_ request: Request) async throws -> Response {
        guard let path = request.query("path"), !path.isEmpty else {
            throw HTTPRefusal(.badRequest, "path query parameter required")
        }
        let offset = try Self.count("offset", request)
        let length = try Self.count("length", request)
        return try .json(await blocking { [files] in try files.read(path, offset: offset, length: length) })
    }

    private func writeFile(_ request: Request) async throws -> Response {
        let body = try await request.decode(WriteFile.self)
        guard let path = body.path, !path.isEmpty else { throw HTTPRefusal(.badRequest, "path is required") }
        guard let content = body.content else { throw HTTPRefusal(.badRequest, "content is required") }
        guard let bytes = body.encoding == .base64 ? Data(base64Encoded: content) : Data(content.utf8) else {
            throw HTTPRefusal(.badRequest, "content is not base64")
        }
        let original = try body.originalContent.map { text in
            guard let data = body.encoding == .base64 ? Data(base64Encoded: text) : Data(text.utf8) else {
                throw HTTPRefusal(.badRequest, "originalContent is not base64")
            }
            return data
        }
        let version = body.version
        return try .json(
            await blocking { [files] in try files.write(path, bytes, version: version, original: original) }
        )
    }

    private static func count(_ name: String, _ request: Request) throws -> Int? {
        guard let text = request.query(name) else { return nil }
        guard let count = Int(text), count >= 0 else { throw HTTPRefusal(.badRequest, "\(name) is a number of bytes") }
        return count
    }

    private func deleteFile(_ request: Request) async throws -> Response {
        guard let path = try await request.decode(DeleteFile.self).path, !path.isEmpty else {
            throw HTTPRefusal(.badRequest, "path is required")
        }
        return try .json(await blocking { [files] in try files.delete(path) })
    }

    private func renameFile(_ request: Request) async throws -> Response {
        let body = try await request.decode(RenameFile.self)
        guard let old = body.oldPath, !old.isEmpty else { throw HTTPRefusal(.badRequest, "oldPath is required") }
        guard let new = body.newPath, !new.isEmpty else { throw HTTPRefusal(.badRequest, "newPath is required") }
        return try .json(await blocking { [files] in try files.rename(old, new) })
    }
}

extension AgentUser {
    /// The user this process runs as.
    static var current: AgentUser {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "octobot"
        return AgentUser(username: name, uid: getuid(), gid: getgid())
    }
}
