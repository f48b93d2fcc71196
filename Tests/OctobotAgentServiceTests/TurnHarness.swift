import Foundation
import JSONText
import Logging
import OctobotTestSupport
import SandboxAgentAPI
import UIMessageStream

@testable import OctobotAgentService

/// A chat service around a scripted agent: a shell program that answers ACP line by line.
struct TurnHarness: Sendable {
    let folder: URL
    let chat: ChatService

    /// - Parameters:
    ///   - onPrompt: shell commands run for `session/prompt`; `$id` is the request's id, `answer JSON` answers a request,
    ///     `update JSON` sends an update, `ask ID METHOD PARAMS` sends a request and `read -r line` reads its answer.
    ///   - setup: shell commands run at the start.
    ///   - session: members of the answer to `session/new`, besides the id.
    static func run(
        onPrompt: String,
        setup: String = "",
        capabilities: String = "{}",
        session: String = "{}",
        mode: PermissionMode = .ask,
        type: String = "custom",
        command: [String]? = nil,
        limits: AgentConfiguration.Limits = .short,
        recordsTraffic: Bool = false,
        _ body: (TurnHarness) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let script = folder.appending(path: "agent.sh")
            try Data(program(onPrompt, setup, capabilities, session).utf8).write(to: script)
            var environment = ProcessInfo.processInfo.environment
            environment["AGENT_FOLDER"] = folder.path
            environment["HOME"] = folder.path
            environment["OCTOBOT_DEMO_INTERVAL_MS"] = "20"
            guard let entry = AgentCatalogue[type] else { return }
            var configuration = AgentConfiguration(
                entry: entry,
                command: command ?? ["/bin/sh", script.path],
                environment: environment,
                directory: folder.path,
                stateFolder: folder.path,
                mode: mode
            )
            configuration.limits = limits
            configuration.recordsTraffic = recordsTraffic
            let spool = try Spool(folder: folder.path + "/spool")
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let chat = ChatService(configuration, spool: spool, version: "0", logger: logger) { _ in }
            let harness = TurnHarness(folder: folder, chat: chat)
            do {
                try await body(harness)
            } catch {
                await chat.shutDown()
                throw error
            }
            await chat.shutDown()
        }
    }

    private static func program(
        _ onPrompt: String,
        _ setup: String,
        _ capabilities: String,
        _ session: String
    ) -> String {
        let opened = session == "{}" ? #"{"sessionId":"s"}"# : #"{"sessionId":"s","# + session.dropFirst()
        return #"""
            answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
            refuse() { printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"%s"}}\n' "$id" "$1" "$2"; }
            update() { printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}\n' "$1"; }
            say() { update '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'"$1"'"}}'; }
            ask() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "$3"; }
            done_() { answer '{"stopReason":"end_turn"}'; }
            echo start >> "$AGENT_FOLDER/starts"
            \#(setup)
            while IFS= read -r line; do
              printf '%s\n' "$line" >> "$AGENT_FOLDER/received"
              id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
              case "$line" in
                *'"method":"initialize"'*) answer '{"protocolVersion":1,"agentCapabilities":\#(capabilities)}' ;;
                *'"method":"session/new"'*) answer '\#(opened)' ;;
                *'"method":"session/set_mode"'*) setmode 2>/dev/null || answer '{}' ;;
                *'"method":"session/resume"'*) resume 2>/dev/null || answer null ;;
                *'"method":"session/load"'*) load 2>/dev/null || answer null ;;
                *'"method":"session/set_config_option"'*) answer '{"configOptions":[]}' ;;
                *'"method":"session/prompt"'*)
                  \#(onPrompt)
                  ;;
                *'"method":"session/cancel"'*) cancelled 2>/dev/null ;;
              esac
            done
            """#
    }

    /// Starts a turn with a text.
    @discardableResult
    func start(
        _ turn: String,
        _ text: String = "go",
        credentials: [AgentCredential]? = nil,
        settings: AgentSettings? = nil
    ) async throws
        -> ChatService.Acceptance
    {
        try await chat.start(
            .init(
                turn: turn,
                message: ["id": "u", "role": "user", "parts": [["type": "text", "text": .string(text)]]],
                credentials: credentials,
                settings: settings
            )
        )
    }

    /// All chunks of a turn, once it has ended; whole messages only.
    func chunks(_ turn: String) async throws -> [UIMessageChunk] {
        let chunks = try await chunks(turn) { _ in false }
        try ChunkGrammar.check(chunks)
        while await chat.runningTurn == turn { await Task.yield() }
        return chunks
    }

    /// The chunks of a turn up to its end, or up to the first for which `isEnough`.
    func chunks(_ turn: String, until isEnough: (UIMessageChunk) -> Bool) async throws -> [UIMessageChunk] {
        let reader = EventReader(spool: chat.spool, turn: turn, after: 0)
        defer { reader.close() }
        var parser = ServerSentEventParser()
        var chunks: [UIMessageChunk] = []
        while let bytes = try await reader.next() {
            for event in try parser.consume(bytes) where !event.isDone {
                let chunk = try UIMessageChunk(parsing: event.data)
                chunks.append(chunk)
                if isEnough(chunk) { return chunks }
            }
        }
        return chunks
    }

    /// Runs a turn to its end.
    func turn(
        _ turn: String,
        _ text: String = "go",
        credentials: [AgentCredential]? = nil,
        settings: AgentSettings? = nil
    ) async throws
        -> [UIMessageChunk]
    {
        try await start(turn, text, credentials: credentials, settings: settings)
        return try await chunks(turn)
    }

    /// Whether the agent's folder has a file of that name.
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path + "/" + name) }

    /// The lines of a file the agent wrote.
    func lines(_ name: String) -> [String] {
        let data = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension AgentConfiguration.Limits {
    /// For agents that are known to be slow or silent.
    static var short: Self {
        var limits = Self()
        limits.cancel = .milliseconds(300)
        limits.trailing = .milliseconds(300)
        limits.replayQuiet = .milliseconds(100)
        return limits
    }
}

extension [UIMessageChunk] {
    /// The texts of the message, joined.
    var text: String {
        compactMap { if case .textDelta(_, let delta, _) = $0 { delta } else { nil } }.joined()
    }

    var types: [String] { map(\.type) }

    var errorText: String? {
        compactMap { if case .error(let text) = $0 { text } else { nil } }.first
    }

    var approvalIDs: [String] {
        compactMap { if case .toolApprovalRequest(_, let id) = $0 { id } else { nil } }
    }
}
