import AgentClientProtocol
import Foundation
import JSONText
import SandboxAgentAPI
import UIMessageStream

/// Records one turn: what the agent says goes through the mapper into the spool, questions go to the desk.
///
/// Nothing is awaited between mapping an update and writing its chunks, so the order in the spool is the order of the
/// calls.
actor TurnRecorder {
    nonisolated let id: String
    private let spool: Spool
    private let desk: QuestionDesk
    private let mode: PermissionMode
    private let directory: String
    private var mapper: UpdateMapper
    private var hasFailedToWrite = false
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    /// - Parameter directory: The workspace.
    init(id: String, spool: Spool, desk: QuestionDesk, mode: PermissionMode, directory: String) {
        self.id = id
        self.spool = spool
        self.desk = desk
        self.mode = mode
        self.directory = directory
        mapper = UpdateMapper(messageID: "msg-\(id)")
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The tool calls of the turn.
    var callIDs: Set<String> { mapper.callIDs }

    /// Starts the message; the model, when known, stands in its metadata.
    func start(model: String?) {
        mapper.model = model
        write(mapper.start())
    }

    /// Records an update and, while the spool is full, holds its sender back.
    func record(_ update: SessionUpdate) async {
        write(mapper.apply(update))
        change.yield()
        await spool.settle(id)
    }

    /// Adds a text of ours.
    func say(_ text: String) {
        write(mapper.say(text))
    }

    /// Ends the message.
    func finish(_ ending: StreamCloser.Ending) async {
        write(mapper.finish(ending))
        change.finish()
        guard !hasFailedToWrite else { return spool.abandon(id) }
        await spool.finish(id)
    }

    private func write(_ chunks: [UIMessageChunk]) {
        guard !hasFailedToWrite else { return }
        do {
            try spool.append(chunks, to: id)
        } catch {
            // A chunk is lost, so nothing may follow it but the end that the next start of the service writes.
            hasFailedToWrite = true
        }
    }

    /// Waits for updates that trail the prompt's answer, when some may be missing.
    func settle(_ limit: Duration) async {
        guard mapper.isUnsettled else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [changes] in
                for await _ in changes where await !self.mapper.isUnsettled { break }
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return }  // ok: the deadline itself
            }
            await group.next()
            group.cancelAll()
        }
    }
}

// MARK: - Questions

extension TurnRecorder {
    /// Answers a permission request by policy or by asking (acp.md §15).
    func permission(_ request: PermissionRequest) async throws(ACPError) -> PermissionOutcome {
        write(mapper.mention(request.toolCall))
        var call = ToolCallRecord(id: request.toolCall.id)
        call.merge(request.toolCall)
        let known = mapper.call(call.id) ?? call
        switch mode.decision(on: request, kind: known.kind) {
        case .ask: break
        case .allow(let option): return .selected(optionID: option.id)
        case .refuse:
            write(mapper.deny(call.id))
            return PermissionForm.refusal(request).map { .selected(optionID: $0.id) } ?? .cancelled
        }
        let form = PermissionForm(
            request,
            title: mapper.title(of: call.id) ?? call.toolName,
            details: call.text,
            kind: known.kind,
            about: known.subject(in: directory)
        )
        guard let answers = await ask(form.questions, about: form.subject, check: { _ in nil }) else {
            if Task.isCancelled { throw .cancelled }
            return .cancelled
        }
        switch form.decision(answers) {
        case .select(let option, let allows):
            if !allows { write(mapper.deny(call.id)) }
            return .selected(optionID: option)
        case .cancel:
            write(mapper.deny(call.id))
            return .cancelled
        }
    }

    /// Answers a form by asking (acp.md §16).
    func elicitation(_ request: Elicitation) async throws(ACPError) -> ElicitationOutcome {
        let form = ElicitationForm(request)
        let check: @Sendable ([String: String]) -> String? = { answers in
            do throws(ElicitationForm.Mismatch) {
                _ = try form.outcome(answers)
                return nil
            } catch {
                return error.message
            }
        }
        guard let answers = await ask(form.questions, check: check) else {
            if Task.isCancelled { throw .cancelled }
            return .cancel
        }
        do throws(ElicitationForm.Mismatch) {
            return try form.outcome(answers)
        } catch {
            throw .invalidParams(error.message)
        }
    }

    /// Asks whether a page is to be visited; accepting it says no more than that (acp.md §16).
    func visit(_ visit: Visit) async throws(ACPError) -> ElicitationOutcome {
        let text = visit.message.isEmpty ? visit.url : "\(visit.message)\n\n\(visit.url)"
        let question = AgentQuestion(
            question: text,
            header: "Page",
            options: [
                .init(label: "Open", description: "The page is visited"),
                .init(label: "Decline", description: "It is not"),
            ],
            multiSelect: false
        )
        guard let answers = await ask([question], check: { _ in nil }) else {
            if Task.isCancelled { throw .cancelled }
            return .cancel
        }
        return answers[text] == "Open" ? .accept([:]) : .decline
    }

    /// Puts questions to the person; `nil` when they expired.
    private func ask(
        _ questions: [AgentQuestion],
        about subject: PermissionSubject? = nil,
        check: @escaping @Sendable ([String: String]) -> String?
    ) async -> [String: String]? {
        let approvalID = UUID().uuidString.lowercased()
        desk.post(PendingQuestion(toolUseID: approvalID, questions: questions, subject: subject), check: check)
        write(mapper.ask(approvalID: approvalID, title: questions.first?.question, input: Self.input(questions)))
        let ending = await desk.ending(of: approvalID)
        guard case .answered(let answers) = ending else {
            write(mapper.settle(approvalID: approvalID, answers: nil))
            return nil
        }
        write(mapper.settle(approvalID: approvalID, answers: answers))
        return answers
    }

    private static func input(_ questions: [AgentQuestion]) -> JSONValue {
        [
            "questions": .array(
                questions.map { question in
                    [
                        "question": .string(question.question), "header": .string(question.header),
                        "multiSelect": .bool(question.multiSelect),
                        "options": .array(
                            question.options.map {
                                ["label": .string($0.label), "description": .string($0.description)]
                            }
                        ),
                    ]
                }
            )
        ]
    }
}
