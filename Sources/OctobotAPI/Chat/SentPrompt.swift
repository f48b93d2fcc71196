package import OctobotModel

/// What became of a prompt.
package struct SentPrompt: Codable, Sendable, Equatable, ComponentDescribing {
    package var turnID: TurnID
    package var messageID: String
    package var sessionID: SessionID
    package var state: TurnState
    package var position: Int
    package var cursor: String

    package init(
        turnID: TurnID,
        messageID: String,
        sessionID: SessionID,
        state: TurnState,
        position: Int,
        cursor: String
    ) {
        self.turnID = turnID
        self.messageID = messageID
        self.sessionID = sessionID
        self.state = state
        self.position = position
        self.cursor = cursor
    }

    private enum CodingKeys: String, CodingKey {
        case state, position, cursor
        case turnID = "turnId"
        case messageID = "messageId"
        case sessionID = "sessionId"
    }

    package static let schemaName = "SentPrompt"
    package static let definition = JSONSchema.record(
        .required("turnId", .identifier, "The turn that carries the prompt."),
        .required("messageId", .identifier, "The id of the stored message."),
        .session,
        .required("state", .enumeration(of: TurnState.self), "Where the turn is."),
        .required("position", .count, "How many turns are before it; 0 when it is the next or runs."),
        .required("cursor", .cursor, "The place in the chat log before the prompt.")
    )

    package static let example = SentPrompt(
        turnID: "t1",
        messageID: "m1",
        sessionID: "s1",
        state: .queued,
        position: 0,
        cursor: "chat.s1:0"
    )
}
