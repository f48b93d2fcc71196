import AgentClientProtocol
import Foundation
import JSONText

/// The agent's own session id, kept so that a restarted agent can take up its conversation.
struct StoredAgentSession: Codable, Equatable {
    var acpSessionID: String
    var agentType: String
    var cwd: String
    var createdAt: Date
    /// Whether it has been prompted, so that its loss is one; absent in files of old, whose sessions were.
    var isUsed: Bool?
    /// The system prompt that stands in the conversation.
    var systemPrompt: String?
    /// The mode the session began in; absent in files of old and for agents without modes.
    var firstMode: String?

    private enum CodingKeys: String, CodingKey {
        case agentType, cwd, createdAt, isUsed, systemPrompt, firstMode
        case acpSessionID = "acpSessionId"
    }

    /// `nil` when there is none, or one of another agent or folder.
    static func load(_ path: String, agentType: String, cwd: String) -> StoredAgentSession? {
        do {
            let stored = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
            return stored.agentType == agentType && stored.cwd == cwd ? stored : nil
        } catch {
            return nil
        }
    }

    func save(_ path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(filePath: path), options: .atomic)
    }
}
