import AgentClientProtocol
import Logging
import SandboxAgentAPI

/// What a turn wants its session to be set to (acp.md §10).
///
/// Each wish is set where it differs from what is, and gives a text for the person when a wish of theirs cannot be had.
/// Throws what the agent's program throws, refusals excepted.
struct SessionWishes {
    private enum Setting {
        case mode
        case model
        case thinking
    }

    private let connection: AgentConnection
    private let entry: AgentCatalogue.Entry
    private let logger: Logger

    init(_ connection: AgentConnection, _ entry: AgentCatalogue.Entry, logger: Logger) {
        self.connection = connection
        self.entry = entry
        self.logger = logger
    }

    private var options: SessionOptions { connection.receiver.options }

    /// The mode, the session's first one for `nil`.
    func mode(_ mode: String?) async throws -> String? {
        let options = options
        guard let wanted = mode ?? connection.firstMode, wanted != options.currentMode else { return nil }
        guard options.modes.contains(where: { $0.value == wanted }) else {
            let offered = options.modes.map(\.value).joined(separator: ", ")
            return "The mode \(wanted) could not be chosen: \(entry.name) offers "
                + (offered.isEmpty ? "no modes.\n" : "\(offered).\n")
        }
        return try await set(.mode, to: wanted).map { "The mode \(wanted) could not be chosen: \($0)\n" }
    }

    /// The model, with the agent's type in front or without; the one that is for `nil`.
    func model(_ model: String?) async throws -> String? {
        guard let model else { return nil }
        // Ids may contain colons themselves.
        let prefix = entry.id + ":"
        let wanted = model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : model
        guard !wanted.isEmpty, wanted != options.currentModel else { return nil }
        return try await set(.model, to: wanted).map { "The model \(wanted) could not be chosen: \($0)\n" }
    }

    /// Thinking, `enabled` or not; nobody chose it by name, so a refusal is not told.
    func reasoning(_ reasoning: String?) async throws {
        let options = options
        guard let reasoning, !reasoning.isEmpty, let option = options.thoughtOption,
            let value = options.thoughtValue(enabled: reasoning == "enabled"), value != option.currentValue,
            let refusal = try await set(.thinking, to: value)
        else { return }
        logger.debug("thinking could not be set", metadata: ["error": "\(refusal)"])
    }

    /// Gives the agent's refusal.
    private func set(_ setting: Setting, to value: String) async throws -> ACPError? {
        let (program, session, receiver) = (connection.program, connection.sessionID, connection.receiver)
        let option =
            switch setting {
            case .mode: options.modeOption
            case .model: options.modelOption
            case .thinking: options.thoughtOption
            }
        do {
            if let option {
                let list = try await program.setConfigOption(session, option.id, to: value)
                receiver.changeOptions { $0.configOptions = list }
                return nil
            }
            switch setting {
            case .mode:
                try await program.setMode(session, to: value)
                receiver.changeOptions { $0.legacyCurrentMode = value }
            case .model:
                try await program.setModel(session, to: value)
                receiver.changeOptions { $0.legacyCurrentModel = value }
            case .thinking: break
            }
            return nil
        } catch let error as ACPError {
            return error
        }
    }
}
