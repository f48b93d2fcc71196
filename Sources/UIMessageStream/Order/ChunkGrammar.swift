/// Checks the order of chunks against agent-api.md §13.3.
///
/// Feed every chunk to ``accept(_:)``; after the last one ``checkComplete()`` says whether the message may end there.
/// Beyond the grammar it admits what the contract lists as tolerated: several open parts interleaved, the input of a
/// call given again before its output, an output sent again or marked as preliminary, and no step at all before
/// an `error`.
package struct ChunkGrammar: Sendable {
    /// The first rule that a chunk broke.
    package struct Violation: Error, Equatable, CustomStringConvertible {
        package let description: String
        init(_ description: String) { self.description = description }
    }

    private enum Phase {
        case beforeStart
        case betweenSteps
        case inStep
        case failed
        case finished
    }

    private var phase = Phase.beforeStart
    private var parts = OpenParts()
    private var usedRunIDs: Set<OpenParts.OpenRun> = []
    private var approvalIDs: Set<String> = []

    package init() {}

    /// Whether a whole message has been accepted.
    package var isFinished: Bool { phase == .finished }

    /// Checks all of `chunks`, and that they are one whole message.
    package static func check(_ chunks: some Sequence<UIMessageChunk>) throws(Violation) {
        var grammar = ChunkGrammar()
        for chunk in chunks { try grammar.accept(chunk) }
        try grammar.checkComplete()
    }

    /// Throws unless the message has ended.
    package func checkComplete() throws(Violation) {
        guard phase == .finished else { throw Violation("the message has no finish") }
    }

    /// Takes the next chunk of the message.
    package mutating func accept(_ chunk: UIMessageChunk) throws(Violation) {
        switch chunk {
        case .start:
            try require(phase == .beforeStart, "start comes once and first")
            phase = .betweenSteps
        case .startStep:
            try require(phase == .betweenSteps, "start-step inside a step or outside the message")
            phase = .inStep
        case .finishStep:
            try require(phase == .inStep, "finish-step without a step")
            try requireClosed("finish-step")
            phase = .betweenSteps
        case .error:
            try require(phase == .betweenSteps, "error inside a step or outside the message")
            phase = .failed
        case .finish:
            try require(phase == .betweenSteps || phase == .failed, "finish inside a step or outside the message")
            try requireClosed("finish")
            phase = .finished
        case .abort:
            throw Violation("abort is not part of this contract")
        case .messageMetadata, .data:
            try require(phase == .inStep || phase == .betweenSteps, "\(chunk.type) outside the message")
        default:
            try require(phase == .inStep, "\(chunk.type) outside a step")
            try acceptPart(chunk)
        }
    }

    private mutating func acceptPart(_ chunk: UIMessageChunk) throws(Violation) {
        switch chunk {
        case .textStart(let id, _): try open(.init(kind: .text, id: id))
        case .reasoningStart(let id, _): try open(.init(kind: .reasoning, id: id))
        case .textDelta(let id, _, _): try requireOpen(.init(kind: .text, id: id))
        case .reasoningDelta(let id, _, _): try requireOpen(.init(kind: .reasoning, id: id))
        case .textEnd(let id, _): try close(.init(kind: .text, id: id))
        case .reasoningEnd(let id, _): try close(.init(kind: .reasoning, id: id))
        case .toolInputStart(let head):
            try require(parts.tools[head.toolCallID] == nil, "call '\(head.toolCallID)' is started twice")
            parts.open(tool: head.toolCallID, .inputStreaming)
        case .toolInputDelta(let id, _):
            try require(parts.tools[id] == .inputStreaming, "tool-input-delta needs a streaming input: '\(id)'")
        case .toolInputAvailable(let head, _):
            let phase = parts.tools[head.toolCallID]
            try require(
                phase == .inputStreaming || phase == .inputAvailable,
                "tool-input-available out of order: '\(head.toolCallID)'"
            )
            parts.tools[head.toolCallID] = .inputAvailable
        case .toolInputError(let head, _, _):
            try require(parts.tools[head.toolCallID] == .inputStreaming, "tool-input-error out of order")
            parts.close(tool: head.toolCallID)
        case .toolApprovalRequest(let id, let approvalID):
            try require(parts.tools[id] == .inputAvailable, "tool-approval-request out of order: '\(id)'")
            try require(approvalIDs.insert(approvalID).inserted, "approval '\(approvalID)' is asked twice")
            parts.tools[id] = .approvalRequested
        default:
            try acceptOutput(chunk)
        }
    }

    private mutating func acceptOutput(_ chunk: UIMessageChunk) throws(Violation) {
        switch chunk {
        case .toolOutputAvailable(let id, _, _, let preliminary, _):
            let phase = parts.tools[id]
            try require(phase != nil && phase != .inputStreaming, "output without input: '\(id)'")
            if preliminary != true { parts.close(tool: id) }
        case .toolOutputError(let id, _, _, _), .toolOutputDenied(let id):
            let phase = parts.tools[id]
            try require(phase != nil && phase != .done, "\(chunk.type) for a call that is not open: '\(id)'")
            parts.close(tool: id)
        default:
            break
        }
    }

    private mutating func open(_ run: OpenParts.OpenRun) throws(Violation) {
        try require(usedRunIDs.insert(run).inserted, "\(run.kind) id '\(run.id)' is used twice")
        parts.runs.append(run)
    }

    private func requireOpen(_ run: OpenParts.OpenRun) throws(Violation) {
        try require(parts.runs.contains(run), "\(run.kind) '\(run.id)' is not open")
    }

    private mutating func close(_ run: OpenParts.OpenRun) throws(Violation) {
        try requireOpen(run)
        parts.close(run)
    }

    private func requireClosed(_ type: String) throws(Violation) {
        if let run = parts.runs.first { throw Violation("\(type) while \(run.kind) '\(run.id)' is open") }
        if let tool = parts.openTools.first { throw Violation("\(type) while call '\(tool)' is open") }
    }

    private func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
        guard condition else { throw Violation(rule()) }
    }
}
