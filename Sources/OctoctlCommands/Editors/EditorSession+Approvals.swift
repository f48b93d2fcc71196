import AgentClientProtocol
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import Synchronization

extension EditorSession {
    /// What the log says about an approval: a new one is asked in the editor, one that is settled is withdrawn there.
    func note(_ approval: Approval, _ call: EditorToolCall?) {
        let settled = state.withLock { state -> Task<Void, Never>? in
            guard approval.state == .pending else {
                state.pending.removeAll { $0.approval.id == approval.id }
                return state.dialogs[approval.id]
            }
            guard state.dialogs[approval.id] == nil else { return nil }
            state.pending.append(PendingApproval(approval: approval, call: call))
            return nil
        }
        settled?.cancel()
        openDialogs()
    }

    /// The editor knows the session now.
    func open() {
        state.withLock { $0.isOpen = true }
        openDialogs()
    }

    /// Asks what waits, once the present is reached: what was answered long ago is not asked again.
    func openDialogs() {
        state.withLock { state in
            guard state.isOpen, state.isPresent, !state.isClosed else { return }
            for pending in state.pending {
                state.dialogs[pending.approval.id] = Task { await ask(pending) }
            }
            state.pending = []
        }
    }

    private func ask(_ pending: PendingApproval) async {
        let approval = pending.approval
        do {
            guard let answers = try await answers(pending) else { return }
            let params = AnswerApproval.Params(projectID: connected.project, approvalID: approval.id, answers: answers)
            let options = CallOptions(idempotencyKey: "octoctl-\(Identifier<Approval>.random())")
            _ = try await connected.patiently {
                try await connected.client.call(AnswerApproval.self, params, options)
            }
        } catch is CancellationError {
            // Answered elsewhere, or the editor is gone; the transport has withdrawn the request.
        } catch let refusal as Refusal where refusal.fault.kind == .invalidState {
            note("Somebody else was faster: \(refusal.fault.message)")
        } catch is ACPClosed {
            // The question waits for others.
        } catch {
            note("The answer could not be given: \(ACPError(error))")
        }
    }

    /// Asks in the editor; `nil` when it gives no answer, which leaves the question to others.
    private func answers(_ pending: PendingApproval) async throws -> [String: String]? {
        let form = ApprovalForm(approval: pending.approval)
        switch form.plan(offersForms: abilities.showsForms) {
        case .permissions(let questions):
            var answers: [String: String] = [:]
            for question in questions {
                guard let answer = try await ask(question, form, pending) else { return nil }
                answers[question.question] = answer
            }
            return answers
        case .form:
            let elicitation = Elicitation(
                sessionID: id.rawValue,
                toolCallID: pending.approval.toolCallID,
                message: form.message,
                properties: form.properties,
                required: form.required
            )
            let result = try await link.call(ACPMethod.elicit, params: elicitation.bytes)
            return form.answers(ElicitationOutcome(try JSONValue(parsing: result)))
        case .unanswerable:
            try await explain(pending.approval)
            return nil
        }
    }

    private func ask(_ question: Question, _ form: ApprovalForm, _ pending: PendingApproval) async throws -> String? {
        let call = pending.call ?? EditorToolCall(id: pending.approval.toolCallID)
        let options = form.options(question).map { option -> JSONValue in
            [
                "optionId": .string(option.id), "name": .string(option.name),
                "kind": .string((option.kind ?? .allowOnce).rawValue),
            ]
        }
        let params: JSONValue = [
            "sessionId": .string(id.rawValue), "toolCall": call.mention(question.question, paths),
            "options": .array(options),
        ]
        let result: [UInt8]
        do {
            result = try await link.call(ACPMethod.requestPermission, params: params.serialized())
        } catch let error as ACPError {
            note("The editor did not ask: \(error)")
            try await explain(pending.approval)
            return nil
        }
        // Put away, or the turn was cancelled: the daemon knows the latter by itself.
        guard case .selected(let option) = PermissionOutcome(try JSONValue(parsing: result)) else { return nil }
        return ApprovalForm.label(option, of: question)
    }

    /// Says in the conversation what is asked and how to answer it from elsewhere.
    private func explain(_ approval: Approval) async throws {
        let asked = approval.questions.map(\.question).joined(separator: "\n")
        let text = "\nThe agent asks: \(asked)\nAnswer with: octoctl approval answer \(approval.id) ANSWER\n"
        try await send(EditorUpdate.message(.text(text), id: "octobot"))
    }
}

/// What waits to be asked, and the tool call it is for.
struct PendingApproval: Sendable {
    var approval: Approval
    var call: EditorToolCall?
}
