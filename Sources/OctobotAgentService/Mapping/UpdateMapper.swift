import AgentClientProtocol
import JSONText
import UIMessageStream

/// Turns one turn's ACP updates into the chunks of its message (acp.md §13, §14).
///
/// A value without I/O: every function gives the chunks to send. Whatever the order of the updates, the chunks obey
/// ``UIMessageStream/ChunkGrammar``.
struct UpdateMapper: Sendable {
    private enum Run: Sendable {
        case text
        case reasoning
    }

    private struct OpenRun: Sendable {
        var kind: Run
        var id: String
        var messageID: String?
    }

    private let messageID: String
    private var hasStarted = false
    private var isFinished = false
    private var openRun: OpenRun?
    private var runCount = 0
    private var sourceCount = 0
    private var stepHasTools = false
    private var calls: [String: ToolCallRecord] = [:]
    private var openQuestions: Set<String> = []
    private var closer = StreamCloser()

    /// What a tool call may take and give at most, and a plan hold.
    private static let limit = SizeLimit(bytes: 8 << 20)
    /// How much text goes into a chunk, in bytes; escaped it may be six times as long.
    private static let piece = 1 << 20
    /// How long the address of a file's content may be, in bytes.
    private static let longestFile = 12 << 20

    /// The model shown in the message, `<agent type>:<model>`.
    var model: String?

    /// Whether anything but the message's start has been produced.
    private(set) var hasContent = false

    /// - Parameter messageID: the id of the assistant's message.
    init(messageID: String, model: String? = nil) {
        self.messageID = messageID
        self.model = model
    }

    /// The ids of the calls seen in this turn.
    var callIDs: Set<String> { Set(calls.keys) }

    /// The title of a call, as far as it is known.
    func title(of callID: String) -> String? { calls[callID]?.title }

    /// What is known of a call.
    func call(_ id: String) -> ToolCallRecord? { calls[id] }

    /// Whether late updates are worth waiting for.
    var isUnsettled: Bool { !hasContent || calls.values.contains { $0.isOpen } }

    /// The start of the message and of its first step; nothing when it has started.
    mutating func start() -> [UIMessageChunk] {
        guard !hasStarted, !isFinished else { return [] }
        hasStarted = true
        let metadata = model.map { JSONValue.object(["model": .string($0)]) }
        return note([.start(messageID: messageID, metadata: metadata), .startStep])
    }

    /// The chunks of one update.
    mutating func apply(_ update: SessionUpdate) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        // News about the session, none about the message.
        if let news = Self.news(update) { return note(start() + [news]) }
        let chunks: [UIMessageChunk] =
            switch update {
            case .agentMessage(let block, let id): message(block, .text, id)
            case .agentThought(let block, let id): message(block, .reasoning, id)
            case .toolCall(let call): tool(call, isPermission: false)
            case .toolInput(let id, let delta): toolInput(id, delta)
            case .plan(let entries):
                start() + [.data(name: "plan", id: "plan", data: Self.limit.cut(["entries": .array(entries)]))]
            case .usage(let usage): start() + [.messageMetadata(["usage": usage])]
            case .unknown(let message): start() + [.data(name: "agent-message", data: Self.limit.cut(message))]
            case .userMessage, .availableCommands, .configOptions, .mode, .title, .ignored: []
            }
        if !chunks.isEmpty { hasContent = true }
        return note(chunks)
    }

    private static func news(_ update: SessionUpdate) -> UIMessageChunk? {
        switch update {
        case .availableCommands(let names):
            .data(name: "commands", data: ["commands": .array(names.map(JSONValue.string))], transient: true)
        case .mode(let mode): .data(name: "config", data: ["mode": .string(mode)], transient: true)
        case .configOptions(let options):
            .data(name: "config", data: ["configOptions": .array(options.map(\.json))], transient: true)
        case .title(let title):
            .data(name: "session-info", data: ["title": title.map(JSONValue.string) ?? .null], transient: true)
        default: nil
        }
    }

    /// Text of ours in the message, as a part of its own.
    mutating func say(_ text: String) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        let chunks = start() + closeRun() + appendText(text, .text, nil) + closeRun()
        return note(chunks)
    }

    /// The call a permission is asked for, shown with its input.
    mutating func mention(_ call: ToolCallUpdate) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        hasContent = true
        return note(tool(call, isPermission: true))
    }

    /// The part of a question (decision 34), and the request to approve it.
    mutating func ask(approvalID: String, title: String?, input: JSONValue) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        hasContent = true
        let head = ToolCallHead(toolCallID: Self.questionCallID(approvalID), toolName: "AskUserQuestion", title: title)
        openQuestions.insert(approvalID)
        stepHasTools = true
        return note(
            start() + closeRun() + [
                .toolInputStart(head), .toolInputAvailable(head, input: input),
                .toolApprovalRequest(toolCallID: head.toolCallID, approvalID: approvalID),
            ]
        )
    }

    /// The end of a question: its answers, or `nil` when it expired.
    mutating func settle(approvalID: String, answers: [String: String]?) -> [UIMessageChunk] {
        guard !isFinished, openQuestions.remove(approvalID) != nil else { return [] }
        let id = Self.questionCallID(approvalID)
        guard let answers else { return note([.toolOutputDenied(toolCallID: id)]) }
        let output: JSONValue = ["answers": .object(answers.mapValues(JSONValue.string))]
        return note([.toolOutputAvailable(toolCallID: id, output: output)])
    }

    /// The call was refused by the person.
    mutating func deny(_ callID: String) -> [UIMessageChunk] {
        guard !isFinished, calls[callID]?.isOpen == true else { return [] }
        calls[callID]?.phase = .denied
        return note([.toolOutputDenied(toolCallID: callID)])
    }

    /// Closes all that is open and finishes the message.
    mutating func finish(_ ending: StreamCloser.Ending) -> [UIMessageChunk] {
        guard !isFinished else { return [] }
        isFinished = true
        return closer.closing(ending, messageID: messageID)
    }

    static func questionCallID(_ approvalID: String) -> String { "ask-\(approvalID)" }

    private mutating func note(_ chunks: [UIMessageChunk]) -> [UIMessageChunk] {
        for chunk in chunks { closer.observe(chunk) }
        return chunks
    }
}

// MARK: - Messages

extension UpdateMapper {
    private mutating func message(_ block: ContentBlock, _ run: Run, _ id: String?) -> [UIMessageChunk] {
        switch block {
        case .text(let text):
            guard !text.isEmpty else { return [] }
            return start() + nextStep() + appendText(text, run, id)
        case .textResource(let uri, let text, _):
            let fence = text.contains("```") ? "````" : "```"
            return start() + nextStep() + appendText("\n\(uri)\n\(fence)\n\(text)\n\(fence)\n", run, id)
        case .image(let data, let mimeType, _), .audio(let data, let mimeType):
            return start() + nextStep() + file(data, mimeType)
        case .blobResource(_, let blob, let mimeType):
            let type = mimeType ?? "application/octet-stream"
            return start() + nextStep() + file(blob, type)
        case .resourceLink(let uri, let name, let mimeType, _):
            sourceCount += 1
            let id = "source-\(sourceCount)"
            let chunk: UIMessageChunk =
                uri.hasPrefix("http://") || uri.hasPrefix("https://")
                ? .sourceURL(sourceID: id, url: uri, title: name)
                : .sourceDocument(sourceID: id, mediaType: mimeType ?? "application/octet-stream", title: name)
            return start() + nextStep() + closeRun() + [chunk]
        }
    }

    private mutating func appendText(_ text: String, _ run: Run, _ messageID: String?) -> [UIMessageChunk] {
        var chunks: [UIMessageChunk] = []
        if let open = openRun, open.kind != run || open.messageID != messageID { chunks += closeRun() }
        let current: OpenRun
        if let open = openRun {
            current = open
        } else {
            runCount += 1
            current = OpenRun(kind: run, id: (run == .text ? "t-" : "r-") + String(runCount), messageID: messageID)
            openRun = current
            chunks.append(run == .text ? .textStart(id: current.id) : .reasoningStart(id: current.id))
        }
        for piece in Self.pieces(of: text) {
            chunks.append(
                run == .text ? .textDelta(id: current.id, delta: piece) : .reasoningDelta(id: current.id, delta: piece)
            )
        }
        return chunks
    }

    /// Text that is too long for a chunk in several.
    private static func pieces(of text: String) -> [String] {
        guard text.utf8.count > piece else { return [text] }
        var pieces: [String] = []
        var start = text.startIndex
        while start < text.endIndex {
            var end = text.utf8.index(start, offsetBy: piece, limitedBy: text.endIndex) ?? text.endIndex
            while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
            pieces.append(String(text[start..<end]))
            start = end
        }
        return pieces
    }

    private mutating func file(_ base64: String, _ mediaType: String) -> [UIMessageChunk] {
        guard base64.utf8.count <= Self.longestFile else {
            let size = base64.utf8.count * 3 / 4 >> 20
            return appendText("\n[A file of \(size) MiB (\(mediaType)) was left out: it is too large.]\n", .text, nil)
        }
        return closeRun() + [.file(url: "data:\(mediaType);base64,\(base64)", mediaType: mediaType)]
    }

    private mutating func closeRun() -> [UIMessageChunk] {
        guard let open = openRun else { return [] }
        openRun = nil
        return [open.kind == .text ? .textEnd(id: open.id) : .reasoningEnd(id: open.id)]
    }

    /// A new step when a message follows the finished calls of this one: that is where models are called again.
    private mutating func nextStep() -> [UIMessageChunk] {
        guard stepHasTools, openQuestions.isEmpty, !calls.values.contains(where: \.isOpen) else { return [] }
        stepHasTools = false
        return closeRun() + [.finishStep, .startStep]
    }
}

// MARK: - Tool calls

extension UpdateMapper {
    private mutating func tool(_ update: ToolCallUpdate, isPermission: Bool) -> [UIMessageChunk] {
        var chunks = start()
        var call: ToolCallRecord
        if let known = calls[update.id] {
            call = known
            call.merge(update)
        } else {
            call = ToolCallRecord(id: update.id)
            call.merge(update)
            chunks += closeRun()
            chunks.append(.toolInputStart(head(call)))
            call.sentTitle = call.title
            stepHasTools = true
        }
        chunks += sendInput(&call, isPermission: isPermission)
        chunks += sendOutput(&call)
        calls[update.id] = call
        return chunks
    }

    /// A piece of the input of a call whose input is still to come.
    private func toolInput(_ id: String, _ delta: String) -> [UIMessageChunk] {
        guard calls[id]?.phase == .started else { return [] }
        return [.toolInputDelta(toolCallID: id, delta: delta)]
    }

    private func head(_ call: ToolCallRecord) -> ToolCallHead {
        ToolCallHead(toolCallID: call.id, toolName: call.toolName, title: call.title)
    }

    private func sendInput(_ call: inout ToolCallRecord, isPermission: Bool) -> [UIMessageChunk] {
        guard call.isOpen, call.knowsInput || isPermission || call.phase == .inputSent else { return [] }
        let input = Self.limit.cut(call.input)
        guard call.phase == .started || call.sentInput != input || call.sentTitle != call.title else { return [] }
        call.phase = .inputSent
        call.sentInput = input
        call.sentTitle = call.title
        return [.toolInputAvailable(head(call), input: input)]
    }

    private func sendOutput(_ call: inout ToolCallRecord) -> [UIMessageChunk] {
        switch (call.phase, call.status) {
        case (.inputSent, .completed):
            let output = Self.limit.cut(call.output)
            call.phase = .done
            call.sentOutput = output
            return [.toolOutputAvailable(toolCallID: call.id, output: output)]
        case (.inputSent, .failed):
            call.phase = .done
            return [.toolOutputError(toolCallID: call.id, errorText: Self.limit.cut(call.errorText))]
        case (.done, .completed):
            // A call that failed first has no output to replace.
            guard let sent = call.sentOutput else { return [] }
            let output = Self.limit.cut(call.output)
            guard sent != output else { return [] }
            call.sentOutput = output
            return [.toolOutputAvailable(toolCallID: call.id, output: output)]
        default:
            return []
        }
    }
}
