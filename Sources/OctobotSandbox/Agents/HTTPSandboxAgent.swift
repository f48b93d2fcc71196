import Foundation
package import JSONText
import NIOCore
import NIOHTTP1
package import OctobotModel
package import SandboxAgentAPI

/// Speaks the agent API over HTTP, on a unix socket or a port of loopback.
package struct HTTPSandboxAgent: SandboxAgent {
    let connection: AgentConnection

    /// - Parameter secret: Sent with every request, on unix sockets too (decision 26).
    package init(_ endpoint: AgentEndpoint, secret: String) {
        self.init(secret: secret) { () async throws(SandboxAgentError) in endpoint }
    }

    /// - Parameter locate: Asked before every request, for what listens there is given the secret.
    package init(secret: String, locate: @escaping AgentEndpoint.Locator) {
        connection = AgentConnection(locate: locate, secret: secret)
    }

    package func send(
        turn: TurnID,
        message: JSONValue,
        model: String?,
        reasoning: String?,
        credentials: [AgentCredential]?,
        settings: AgentSettings?,
        identity: AgentGitIdentity?
    ) async throws(SandboxAgentError) {
        var request = try post(
            AgentPath.chat,
            StartChat(messages: [message], model: model, reasoning: reasoning, agent: settings)
        )
        request.headers.append((AgentHeader.idempotencyKey, turn.rawValue))
        if let credentials {
            request.headers.append((AgentHeader.credentials, AgentCredential.header(credentials)))
        }
        if let name = identity?.name {
            request.headers.append((AgentHeader.gitUserName, AgentGitIdentity.encode(name)))
        }
        if let email = identity?.email {
            request.headers.append((AgentHeader.gitUserEmail, AgentGitIdentity.encode(email)))
        }
        request.limit = .seconds(60)
        let started = try AgentAnswer.decode(ChatStarted.self, from: try await connection.send(request))
        guard started.completionID == turn.rawValue else {
            throw .invalidAnswer("turn \(started.completionID) was started instead of \(turn)")
        }
    }

    package func chunks(turn: TurnID, from: Int) -> AgentChunks {
        AgentChunks { [connection] in AgentEventReader(connection, turn: turn, from: from) }
    }

    package func question(_ id: String) async throws(SandboxAgentError) -> AgentQuestion {
        guard let question = try await questionState(id).question else { throw .notFound }
        return AgentQuestion(question)
    }

    package func answer(_ id: String, answers: [String: String]) async throws(SandboxAgentError) {
        do {
            _ = try await connection.send(
                try post(AgentPath.chatAnswer, AnswerQuestion(toolUseID: id, answers: answers))
            )
        } catch .notFound {
            // The answer to an earlier try may have been lost on the way back.
            guard try await questionState(id).status == .answered else { throw .notFound }
        }
    }

    package func cancel(turn: TurnID) async throws(SandboxAgentError) {
        _ = try await connection.send(try post(AgentPath.chatCancel, CancelChat(completionID: turn.rawValue)))
    }

    package func acknowledge(turn: TurnID, n: Int) async throws(SandboxAgentError) {
        _ = try await connection.send(
            try post(AgentPath.chatAcknowledge, AcknowledgeChat(completionID: turn.rawValue, n: n))
        )
    }

    package func commands() async throws(SandboxAgentError) -> [String] {
        let answer = try await connection.send(AgentConnection.Request(.GET, AgentPath.health))
        return try AgentAnswer.decode(AgentHealth.self, from: answer).agent?.commands ?? []
    }

    package func models(credentials: [AgentCredential]?) async throws(SandboxAgentError) -> ModelList {
        var request = AgentConnection.Request(.GET, AgentPath.models)
        if let credentials {
            request.headers.append((AgentHeader.credentials, AgentCredential.header(credentials)))
        }
        request.limit = .seconds(60)
        return try AgentAnswer.decode(ModelList.self, from: try await connection.send(request))
    }

    package func diff(path: String?, format: String?) async throws(SandboxAgentError) -> [UInt8] {
        var request = AgentConnection.Request(.GET, AgentPath.diff)
        if let path { request.query.append(("path", path)) }
        if let format { request.query.append(("format", format)) }
        request.limit = .seconds(120)
        request.maximum = 64 << 20
        return Array(buffer: try await connection.send(request))
    }

    package func commit(onto: String, message: String?) async throws(SandboxAgentError) -> AgentCommit {
        var request = try post(AgentPath.commits, CommitWork(onto: onto, message: message))
        request.limit = .seconds(15 * 60)
        let done = try AgentAnswer.decode(WorkCommitted.self, from: try await connection.send(request))
        return AgentCommit(head: done.head, commitCount: done.commitCount)
    }

    package func commits(parent: String) async throws(SandboxAgentError) -> AgentCommits {
        var request = AgentConnection.Request(.GET, AgentPath.commits)
        request.query = [("parent", parent)]
        request.limit = .seconds(5 * 60)
        // 50 MiB of patches, in JSON text or Base64.
        request.maximum = 256 << 20
        let body = try AgentAnswer.decode(CommitPatches.self, from: try await connection.send(request))
        switch body.encoding {
        case nil: return AgentCommits(patches: Array(body.patches.utf8), commitCount: body.commitCount)
        case "base64":
            guard let data = Data(base64Encoded: body.patches) else { throw .invalidAnswer("patches are not Base64") }
            return AgentCommits(patches: Array(data), commitCount: body.commitCount)
        case .some(let other): throw .invalidAnswer("patches are encoded as '\(other.prefix(40))'")
        }
    }

    package func moveBase(_ commit: String) async throws(SandboxAgentError) {
        var request = try post(AgentPath.commitBase, MoveBase(commit: commit))
        request.limit = .seconds(5 * 60)
        _ = try await connection.send(request)
    }

    private func questionState(_ id: String) async throws(SandboxAgentError) -> QuestionState {
        var request = AgentConnection.Request(.GET, AgentPath.chatQuestion)
        request.query = [("toolUseID", id)]
        return try AgentAnswer.decode(QuestionState.self, from: try await connection.send(request))
    }

    func post(_ path: String, _ body: some Encodable) throws(SandboxAgentError) -> AgentConnection.Request {
        var request = AgentConnection.Request(.POST, path)
        do {
            request.body = try JSONCoding.encode(body)
        } catch {
            throw .refused(status: 400, code: "unencodable", message: "The request cannot be written as JSON.")
        }
        return request
    }
}

extension AgentQuestion {
    /// Takes a form apart; the agent service marks requests for permission by their header (acp.md §15).
    init(_ pending: PendingQuestion) {
        self.init(
            questions: pending.questions.map { question in
                Question(
                    question: question.question,
                    header: question.header,
                    options: question.options.map { .init(label: $0.label, description: $0.description) },
                    multiSelect: question.multiSelect
                )
            },
            isPermission: pending.questions.count == 1 && pending.questions.first?.header == "Permission",
            subject: pending.subject.map { subject in
                ApprovalSubject(
                    tool: subject.tool,
                    kind: subject.kind,
                    command: subject.command,
                    paths: subject.paths,
                    allow: subject.allow,
                    deny: subject.deny
                )
            }
        )
    }
}
