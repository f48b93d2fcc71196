import JSONText
import OctobotModel
import OctobotStore

/// A message on its way into a session's queue.
struct Prompt: Sendable {
    /// Makes it single in its session.
    var messageID: String
    var parts: [JSONValue]

    var message: JSONValue { ["id": .string(messageID), "role": "user", "parts": .array(parts)] }
    /// Tells whether two messages with the same id are the same.
    var hash: String { Fingerprint.of(JSONValue.array(parts).serialized()) }
}

extension StoreTransaction {
    /// Puts a prompt at the end of a session's queue: turn, message, log and events; wakes the session's runner.
    ///
    /// - Returns: The turn, and the log position right before it.
    func enqueue(
        _ prompt: Prompt,
        in session: Session,
        model: String?,
        reasoning: Reasoning?,
        _ wakes: inout Wakes
    ) throws -> (turn: Turn, before: Int64) {
        let before = try chatHead(session: session.id)
        let turn = Turn(
            id: .random(),
            sessionID: session.id,
            messageID: prompt.messageID,
            state: .queued,
            model: model,
            reasoning: reasoning,
            createdAt: .now,
            cause: StateCause(.request, "The prompt was sent.")
        )
        try insertTurn(turn, contentHash: prompt.hash, promptPosition: before)
        try insertMessage(prompt.message, id: prompt.messageID, session: session.id, turn: turn.id, role: "user")
        try appendPrompt(prompt.message, of: turn, &wakes)
        try publish(turn: turn, in: session.projectID, &wakes)
        try touchActivity(session.id, at: .now)
        wakes.run(session.id)
        return (turn, before)
    }
}
