package import JSONText
package import OctobotModel

/// An entry of a session's chat log (decision 37).
package enum ChatItem: Sendable, Equatable {
    /// Somebody's prompt was stored.
    case prompt(turnID: TurnID, message: JSONValue)
    /// A turn changed its state.
    case turn(turnID: TurnID, state: TurnState, reason: String? = nil)
    /// The `n`-th chunk of the agent's answer, an AI SDK UI message chunk.
    case chunk(turnID: TurnID, n: Int, chunk: JSONValue)
    /// The agent asks, or was answered.
    case approval(turnID: TurnID, approval: Approval)

    /// The turn the entry belongs to.
    package var turnID: TurnID {
        switch self {
        case .prompt(let id, _), .turn(let id, _, _), .chunk(let id, _, _), .approval(let id, _): id
        }
    }
}

extension ChatItem: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, message, state, reason, n, chunk, approval
        case turnID = "turnId"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let id = try container.decode(TurnID.self, forKey: .turnID)
        switch try container.decode(String.self, forKey: .kind) {
        case "prompt": self = .prompt(turnID: id, message: try container.decode(JSONValue.self, forKey: .message))
        case "turn":
            self = .turn(
                turnID: id,
                state: try container.decode(TurnState.self, forKey: .state),
                reason: try container.decodeIfPresent(String.self, forKey: .reason)
            )
        case "chunk":
            self = .chunk(
                turnID: id,
                n: try container.decode(Int.self, forKey: .n),
                chunk: try container.decode(JSONValue.self, forKey: .chunk)
            )
        case "approval":
            self = .approval(turnID: id, approval: try container.decode(Approval.self, forKey: .approval))
        default:
            throw DecodingError.dataCorruptedError(forKey: .kind, in: container, debugDescription: "no such kind")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(turnID, forKey: .turnID)
        switch self {
        case .prompt(_, let message):
            try container.encode("prompt", forKey: .kind)
            try container.encode(message, forKey: .message)
        case .turn(_, let state, let reason):
            try container.encode("turn", forKey: .kind)
            try container.encode(state, forKey: .state)
            try container.encodeIfPresent(reason, forKey: .reason)
        case .chunk(_, let n, let chunk):
            try container.encode("chunk", forKey: .kind)
            try container.encode(n, forKey: .n)
            try container.encode(chunk, forKey: .chunk)
        case .approval(_, let approval):
            try container.encode("approval", forKey: .kind)
            try container.encode(approval, forKey: .approval)
        }
    }
}

extension ChatItem: ComponentDescribing {
    package static let schemaName = "ChatItem"
    package static let definition = JSONSchema.tagged(
        by: "kind",
        .record("prompt", turn, .required("message", .reference(to: ChatMessage.self), "The prompt as stored.")),
        .record(
            "turn",
            turn,
            .required("state", .enumeration(of: TurnState.self), "Its new state."),
            .optional("reason", .string, "Why it ended that way.")
        ),
        .record(
            "chunk",
            turn,
            .required("n", .integer(1...JSONSchema.maximumInteger), "Counts the chunks of the turn from 1."),
            .required(
                "chunk",
                .open(.required("type", .string(1...128), "Such as `text-delta`.")),
                "A chunk of an AI SDK UI message stream."
            )
        ),
        .record("approval", turn, .required("approval", .reference(to: Approval.self), "The approval as it is now.")),
        description: "An entry of a session’s chat log."
    )

    private static let turn = JSONSchema.Member.required("turnId", .identifier, "The turn it belongs to.")
}
