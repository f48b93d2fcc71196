import AgentClientProtocol
import JSONText
import Logging
import Synchronization

/// One process of Claude Code and what is under way with it.
final class ClaudeRun: Sendable {
    /// A prompt whose result has not come.
    private struct Prompt {
        var ending = Promise<AgentPeer.StopReason>()
        var isCancelled = false
        /// Why it is being interrupted, when that was not the person's wish.
        var failure: ACPError?
        var result: JSONValue?
    }

    private struct State {
        var calls: [String: Promise<JSONValue>] = [:]
        var callCount = 0
        var prompt: Prompt?
        /// What the program asks, by its id.
        var asking: [String: Task<Void, Never>] = [:]
        var mapper: ClaudeMapper
        /// What the program says it does; `nil` for one that does not say.
        var activity: String?
        /// Why it refused to start.
        var refusal: String?
        var isClosed = false
    }

    let process: AgentProcess
    private let sessionID: String
    private let start: ProgramStart
    private let link: LineLink
    private let reader = Mutex<Task<Void, Never>?>(nil)
    private let state: Mutex<State>

    /// Starts the program.
    ///
    /// - Parameter option: `--session-id` for a new session, `--resume` for one that is known.
    init(_ start: ProgramStart, option: String, sessionID: String) throws {
        self.start = start
        self.sessionID = sessionID
        var environment = start.environment
        // Makes it say when nothing more comes of a turn: agents in the background go on behind a result.
        environment["CLAUDE_CODE_SDK_READS_SESSION_STATE"] = "1"
        process = try AgentProcess(
            command: start.configuration.command + [
                "--output-format", "stream-json", "--input-format", "stream-json", "--verbose",
                "--include-partial-messages", "--permission-prompt-tool", "stdio", "\(option)=\(sessionID)",
            ],
            environment: environment,
            directory: start.configuration.directory,
            mask: start.mask,
            tap: start.tap
        )
        state = Mutex(State(mapper: ClaudeMapper(directory: start.configuration.directory)))
        let (logger, mask) = (start.logger, start.mask)
        link = LineLink(input: process.output, output: process.input, logger: logger) { text in
            logger.debug(
                "the agent wrote a line that is no message",
                metadata: ["agent.line": "\(mask.line(text.utf8, limit: 200))"]
            )
        }
        let task = Task { [weak self, link] in
            await link.run { [weak self] message in await self?.take(message) }
            await self?.closed()
        }
        reader.withLock { $0 = task }
    }

    var isAlive: Bool { process.isRunning && !state.withLock { $0.isClosed } }

    /// Ends the program and everything it started.
    func close(now: Bool) async {
        link.close()
        await process.end(terminateAfter: now ? .zero : .seconds(2), killAfter: now ? .zero : .seconds(3))
        await reader.withLock { $0 }?.value
    }

    private func closed() async {
        let (calls, prompt, asking, refusal) = state.withLock { state in
            defer {
                state.calls = [:]
                state.prompt = nil
                state.asking = [:]
                state.isClosed = true
            }
            return (state.calls, state.prompt, state.asking, state.refusal)
        }
        for call in calls.values {
            if let refusal {
                call.settle(.failure(ACPError(code: ACPError.notFoundCode, message: refusal)))
            } else {
                call.settle(.failure(ACPClosed()))
            }
        }
        prompt?.ending.settle(.failure(ACPClosed()))
        for task in asking.values { task.cancel() }
    }
}

// MARK: - What we ask

extension ClaudeRun {
    /// Makes a request and gives what stands in its answer.
    func call(_ request: JSONValue) async throws -> JSONValue {
        let promise = Promise<JSONValue>()
        let id = state.withLock { state -> String? in
            guard !state.isClosed else { return nil }
            state.callCount += 1
            let id = "octobot-\(state.callCount)"
            state.calls[id] = promise
            return id
        }
        guard let id else { throw ACPClosed() }
        link.send(["type": "control_request", "request_id": .string(id), "request": request])
        defer { _ = state.withLock { $0.calls.removeValue(forKey: id) } }
        return try await limited(start.configuration.limits.start) { try await promise.value }
    }

    func initialize(systemPrompt: String?) async throws -> JSONValue {
        var request: [String: JSONValue] = ["subtype": "initialize", "hooks": .null]
        request["appendSystemPrompt"] = systemPrompt.map(JSONValue.string)
        return try await call(.object(request))
    }

    /// Tells the MCP servers; one that does not work is left to the agent to tell.
    func setServers(_ entries: [MCPServerEntry]) async throws {
        let answer = try await call(ClaudeInput.servers(entries))
        for (name, error) in answer["errors"]?.objectValue ?? [:] {
            let text = start.mask.apply(to: error.stringValue ?? "")
            start.logger.notice("an MCP server does not work", metadata: ["mcp.server": "\(name)", "error": "\(text)"])
        }
    }

    /// Runs a prompt to its end.
    func prompt(_ blocks: [ContentBlock]) async throws -> AgentPeer.StopReason {
        let prompt = Prompt()
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.prompt = prompt
            state.mapper.begin()
            return true
        }
        guard isTaken, link.send(ClaudeInput.message(blocks)) else { throw ACPClosed() }
        return try await prompt.ending.value
    }

    /// Makes the prompt end soon.
    func interrupt() async throws {
        let isRunning = state.withLock { state in
            state.prompt?.isCancelled = true
            return state.prompt != nil
        }
        if isRunning { _ = try await call(["subtype": "interrupt"]) }
    }
}

// MARK: - What it says

extension ClaudeRun {
    private func take(_ message: JSONValue) async {
        switch message["type"]?.stringValue {
        case "control_response": answered(message["response"] ?? .null)
        case "control_request": asked(message)
        case "control_cancel_request":
            let id = message["request_id"]?.stringValue ?? ""
            state.withLock { $0.asking.removeValue(forKey: id) }?.cancel()
        default: break
        }
        for update in state.withLock({ $0.mapper.take(message) }) { await start.receiver.take(update) }
        await follow(message)
    }

    private func answered(_ response: JSONValue) {
        guard let id = response["request_id"]?.stringValue,
            let promise = state.withLock({ $0.calls.removeValue(forKey: id) })
        else { return }
        if response["subtype"]?.stringValue == "error" {
            let text = response["error"]?.stringValue ?? "refused"
            promise.settle(.failure(ACPError(code: ACPError.invalidParamsCode, message: text)))
        } else {
            promise.settle(.success(response["response"] ?? [:]))
        }
    }

    /// Looks for the end of the turn, and for what makes waiting for it pointless.
    private func follow(_ message: JSONValue) async {
        switch (message["type"]?.stringValue, message["subtype"]?.stringValue) {
        case ("result", _):
            state.withLock { state in
                if state.prompt == nil { state.refusal = ClaudeResult.error(message).message }
                state.prompt?.result = message
                settle(&state)
            }
        case ("system", "session_state_changed"):
            state.withLock { state in
                state.activity = message["state"]?.stringValue
                settle(&state)
            }
        case ("system", "status"):
            guard let mode = message["permissionMode"]?.stringValue else { return }
            let options = start.receiver.options.configOptions.setting(ClaudeOptions.mode, to: mode)
            await start.receiver.take(.configOptions(options))
        case ("system", "api_retry"):
            guard let status = message["error_status"]?.integerValue, ClaudeResult.refusesCredential(status) else {
                return
            }
            refuse("The model's API refused the credential (\(status) \(message["error"]?.stringValue ?? "")).")
        default:
            return
        }
    }

    /// Ends the prompt when its result is there and nothing more comes of it.
    private func settle(_ state: inout State) {
        guard let prompt = state.prompt, let result = prompt.result, state.activity ?? "idle" == "idle" else { return }
        state.prompt = nil
        if let failure = prompt.failure { return prompt.ending.settle(.failure(failure)) }
        do {
            prompt.ending.settle(.success(try ClaudeResult.reason(result, isCancelled: prompt.isCancelled)))
        } catch {
            prompt.ending.settle(.failure(error))
        }
    }

    /// Interrupts a prompt that the program would try again and again.
    private func refuse(_ reason: String) {
        let isFirst = state.withLock { state in
            guard state.prompt != nil, state.prompt?.failure == nil else { return false }
            state.prompt?.failure = ClaudeResult.unauthorized(reason)
            return true
        }
        guard isFirst else { return }
        link.send([
            "type": "control_request", "request_id": "octobot-refused", "request": ["subtype": "interrupt"],
        ])
    }
}

// MARK: - What it asks

extension ClaudeRun {
    private func asked(_ message: JSONValue) {
        guard let id = message["request_id"]?.stringValue, let request = message["request"] else { return }
        state.withLock { state in
            state.asking[id] = Task { [weak self] in
                guard let self else { return }
                let answer = await self.answer(id, request)
                guard self.state.withLock({ $0.asking.removeValue(forKey: id) }) != nil else { return }
                self.link.send(["type": "control_response", "response": answer])
            }
        }
    }

    private func answer(_ id: String, _ request: JSONValue) async -> JSONValue {
        do {
            guard request["subtype"]?.stringValue == "can_use_tool" else {
                throw ACPError.methodNotFound(request["subtype"]?.stringValue ?? "")
            }
            return [
                "subtype": "success", "request_id": .string(id), "response": try await permission(request),
            ]
        } catch {
            return ["subtype": "error", "request_id": .string(id), "error": .string("\(error)")]
        }
    }

    private func permission(_ request: JSONValue) async throws -> JSONValue {
        if let questions = ClaudeQuestions(request, sessionID: sessionID) {
            return questions.response(try await start.receiver.elicitation(questions.form))
        }
        let permission = ClaudePermission(
            request,
            sessionID: sessionID,
            directory: start.configuration.directory
        )
        return permission.response(try await start.receiver.permission(permission.request))
    }
}
