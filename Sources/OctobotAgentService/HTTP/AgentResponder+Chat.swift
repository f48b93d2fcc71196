import Foundation
import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import SandboxAgentAPI

extension AgentResponder {
    func models(_ request: Request) async throws -> Response {
        do {
            return try .json(await chat.models(credentials: Self.credentials(request)))
        } catch let failure as AgentFailure {
            throw HTTPRefusal(.internalServerError, "Failed to list models: \(failure)")
        }
    }

    func startChat(_ request: Request) async throws -> Response {
        let turn = request.header(AgentHeader.idempotencyKey) ?? UUID().uuidString.lowercased()
        guard Spool.isValid(turn) else { throw HTTPRefusal(.badRequest, "Invalid Idempotency-Key") }
        if await chat.knows(turn) { return try .json(ChatStarted(completionID: turn), status: .accepted) }
        if let running = await chat.runningTurn { throw Self.conflict(running) }
        let bytes = try await request.collect(AgentLimit.chatBody)
        let accepted = try await chat.start(try Self.chatRequest(turn, bytes, request))
        switch accepted {
        case .accepted: break
        case .conflict(let running): throw Self.conflict(running)
        case .reserved: throw HTTPRefusal(.conflict, "commit_in_progress")
        }
        return try .json(ChatStarted(completionID: turn), status: .accepted)
    }

    private static func conflict(_ running: String) -> HTTPRefusal {
        HTTPRefusal(.conflict, ErrorBody(ErrorBody.completionInProgress, completionID: running))
    }

    private static func chatRequest(_ turn: String, _ bytes: [UInt8], _ request: Request) throws -> ChatService.Request
    {
        let body: JSONValue
        do {
            body = try JSONValue(parsing: bytes)
        } catch {
            throw HTTPRefusal(.badRequest, "Invalid JSON body")
        }
        guard let messages = body["messages"]?.arrayValue else {
            throw HTTPRefusal(.badRequest, "messages array required")
        }
        guard let message = messages.last(where: { $0["role"]?.stringValue == "user" }) else {
            throw HTTPRefusal(.badRequest, "No user message found")
        }
        let name = request.header(AgentHeader.gitUserName).map(AgentGitIdentity.decode)
        let email = request.header(AgentHeader.gitUserEmail).map(AgentGitIdentity.decode)
        return ChatService.Request(
            turn: turn,
            message: message,
            model: body["model"]?.stringValue,
            reasoning: body["reasoning"]?.stringValue,
            credentials: credentials(request),
            settings: try body["agent"].flatMap(settings),
            identity: name == nil && email == nil ? nil : AgentGitIdentity(name: name, email: email)
        )
    }

    private static func settings(_ json: JSONValue) throws -> AgentSettings? {
        if json.isNull { return nil }
        do {
            return try JSONCoding.decode(AgentSettings.self, from: json.serialized())
        } catch {
            // Not with the cause, which may quote a secret.
            throw HTTPRefusal(.badRequest, "Invalid agent settings")
        }
    }

    private static func credentials(_ request: Request) -> [AgentCredential]? {
        request.header(AgentHeader.credentials).map { AgentCredential.parse(header: $0) }
    }

    /// The chunks of a turn after `from`, each with its number, then `[DONE]` (decision 29).
    func stream(_ request: Request) async throws -> Response {
        var wanted = request.query("completionId")
        if wanted == nil { wanted = await chat.runningTurn }
        guard let turn = wanted else { return Response(status: .noContent) }
        let from = request.query("from") ?? "0"
        guard let start = Int(from), start >= 0 else { throw HTTPRefusal(.badRequest, "from is a chunk number") }
        guard try chat.spool.page(turn, after: start) != nil else { return Response(status: .noContent) }
        return .events(on: connection, [HTTPField.Name("x-vercel-ai-ui-message-stream") ?? .via: "v1"]) {
            [spool = chat.spool] in EventReader(spool: spool, turn: turn, after: start)
        }
    }

    func acknowledge(_ request: Request) async throws -> Response {
        let body = try await request.decode(AcknowledgeChat.self)
        try chat.spool.acknowledge(body.completionID, n: body.n)
        return try .json(AgentSuccess())
    }

    func cancel(_ request: Request) async throws -> Response {
        let bytes = try await request.collect(AgentLimit.body)
        var wanted: String?
        if !bytes.isEmpty {
            do {
                wanted = try JSONCoding.decode(CancelChat.self, from: bytes).completionID
            } catch {
                throw HTTPRefusal(.badRequest, "Invalid JSON body")
            }
        }
        guard let turn = await chat.cancel(wanted) else {
            throw HTTPRefusal(.conflict, ErrorBody.noActiveCompletion)
        }
        return try .json(ChatCancelled(completionID: turn))
    }

    func answerQuestion(_ request: Request) async throws -> Response {
        let bytes = try await request.collect(AgentLimit.body)
        let body: AnswerQuestion
        do {
            body = try JSONCoding.decode(AnswerQuestion.self, from: bytes)
        } catch {
            throw HTTPRefusal(.badRequest, "toolUseID and answers are required")
        }
        switch chat.answer(body) {
        case .taken: return try .json(AgentSuccess())
        case .unknown: throw HTTPRefusal(.notFound, "No pending question for this toolUseID")
        case .refused(let reason): throw HTTPRefusal(.badRequest, reason)
        }
    }
}
