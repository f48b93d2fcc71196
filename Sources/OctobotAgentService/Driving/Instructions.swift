import AgentClientProtocol
import JSONText
import SandboxAgentAPI

/// How an agent gets a system prompt, for which ACP has no member.
///
/// One that reads it from `_meta` is told when its session is opened; every other with a text before the first prompt
/// that goes by it.
enum Instructions {
    /// The `_meta` of `session/new`, `load` and `resume`.
    static func meta(_ systemPrompt: String?, for entry: AgentCatalogue.Entry) -> [String: JSONValue] {
        guard entry.readsSystemPrompt, let systemPrompt else { return [:] }
        return ["systemPrompt": ["append": .string(systemPrompt)]]
    }

    /// The text before a prompt; `nil` when the conversation goes by `systemPrompt` already.
    ///
    /// A slash command is known by standing first, so it goes without; the next prompt makes up for it.
    ///
    /// - Parameter told: What the conversation was told last.
    static func preface(
        _ systemPrompt: String?,
        told: String?,
        before blocks: [ContentBlock],
        for entry: AgentCatalogue.Entry
    ) -> ContentBlock? {
        guard !entry.readsSystemPrompt, systemPrompt != told else { return nil }
        if case .text(let text) = blocks.first, text.hasPrefix("/") { return nil }
        guard let systemPrompt else {
            return .text("The instructions given at the beginning of this conversation no longer apply.")
        }
        return .text("Instructions for this whole conversation:\n\n\(systemPrompt)")
    }
}
