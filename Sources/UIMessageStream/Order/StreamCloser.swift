/// Ends a message that will get no more chunks from its agent (agent-api.md §13.3).
///
/// Shown every chunk so far, it knows which parts are open and gives the chunks that close them and finish the
/// message. It never refuses a chunk: what it does not understand it lets pass.
package struct StreamCloser: Sendable {
    /// How the message ends.
    package enum Ending: Sendable, Equatable {
        /// The agent ended its turn.
        case finished(FinishReason)
        /// The turn failed; the text is shown to the person.
        case error(String)
        /// The person cancelled it.
        case cancelled
        /// Nobody knows what became of the turn; the text says why.
        case unknown(String)
    }

    private var hasStarted = false
    private var isInStep = false
    private var hasError = false
    private var parts = OpenParts()

    /// Whether the message has its `finish`.
    package private(set) var isFinished = false

    package init() {}

    package init(_ chunks: some Sequence<UIMessageChunk>) {
        for chunk in chunks { observe(chunk) }
    }

    /// Notes one chunk of the message.
    package mutating func observe(_ chunk: UIMessageChunk) {
        switch chunk {
        case .start: hasStarted = true
        case .startStep: isInStep = true
        case .finishStep:
            isInStep = false
            parts.runs.removeAll()
        case .finish: isFinished = true
        case .error: hasError = true
        case .textStart(let id, _): parts.runs.append(.init(kind: .text, id: id))
        case .reasoningStart(let id, _): parts.runs.append(.init(kind: .reasoning, id: id))
        case .textEnd(let id, _): parts.close(.init(kind: .text, id: id))
        case .reasoningEnd(let id, _): parts.close(.init(kind: .reasoning, id: id))
        case .toolInputStart(let head): parts.open(tool: head.toolCallID, .inputStreaming)
        case .toolInputAvailable(let head, _): parts.open(tool: head.toolCallID, .inputAvailable)
        case .toolApprovalRequest(let id, _): parts.open(tool: id, .approvalRequested)
        case .toolInputError(let head, _, _): parts.close(tool: head.toolCallID)
        case .toolOutputAvailable(let id, _, _, let preliminary, _):
            if preliminary != true { parts.close(tool: id) }
        case .toolOutputError(let id, _, _, _), .toolOutputDenied(let id): parts.close(tool: id)
        default: break
        }
    }

    /// The chunks that close everything open and finish the message; empty when it is finished already.
    ///
    /// - Parameter messageID: the id of a message whose `start` has not been sent.
    package func closing(_ ending: Ending, messageID: String? = nil) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        var chunks: [UIMessageChunk] = hasStarted ? [] : [.start(messageID: messageID)]
        for run in parts.runs {
            chunks.append(run.kind == .text ? .textEnd(id: run.id) : .reasoningEnd(id: run.id))
        }
        for id in parts.openTools {
            if parts.tools[id] == .approvalRequested {
                chunks.append(.toolOutputDenied(toolCallID: id))
            } else {
                let text = ending == .cancelled ? "Cancelled" : "No result reported"
                chunks.append(.toolOutputError(toolCallID: id, errorText: text))
            }
        }
        if isInStep { chunks.append(.finishStep) }
        switch ending {
        case .finished(let reason):
            chunks.append(.finish(reason))
        case .cancelled:
            chunks.append(.finish(.stop))
        case .error(let text), .unknown(let text):
            if !hasError { chunks.append(.error(text)) }
            chunks.append(.finish(.error))
        }
        return chunks
    }
}
