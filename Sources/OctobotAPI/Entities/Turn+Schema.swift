package import OctobotModel

extension Turn: ComponentDescribing {
    package static let schemaName = "Turn"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("sessionId", .identifier, "The session it belongs to."),
        .required("messageId", .string(1...512), "The user’s message."),
        .required("state", .enumeration(of: TurnState.self), "Where the prompt is on its way."),
        .required("since", .timestamp, "When it came into this state."),
        .required("cause", .reference(to: StateCause.self), "What brought it there."),
        .optional("reason", .string, "Why it ended that way."),
        .optional("model", .string, "The model asked for."),
        .optional("reasoning", .enumeration(of: Reasoning.self), "How much the model should reason."),
        .required("createdAt", .timestamp, "When the prompt was stored."),
        .optional("startedAt", .timestamp, "When the agent took it."),
        .optional("endedAt", .timestamp, "When it ended."),
        description: "One prompt and the agent’s answer to it."
    )

    /// What the documents show.
    package static let example = Turn(
        id: "t1",
        sessionID: "s1",
        messageID: "m1",
        state: .running,
        createdAt: .example,
        startedAt: .example,
        cause: StateCause(.agent, "The agent has taken the prompt.")
    )
    /// A turn somebody cancelled.
    package static let cancelledExample: Turn = {
        var turn = example
        turn.state = .cancelled
        turn.reason = "cancelled"
        turn.cause = StateCause(.request, "Somebody cancelled it.")
        turn.since = Timestamp.example.advanced(by: .seconds(9))
        turn.endedAt = Timestamp.example.advanced(by: .seconds(9))
        return turn
    }()
}

extension Question: ComponentDescribing {
    package static let schemaName = "Question"
    package static let definition = JSONSchema.record(
        .required("question", .string, "The whole text; also the key of its answer."),
        .required("header", .string, "In a word or two."),
        .required(
            "options",
            .array(
                of: .record(
                    .required("label", .string, "What an answer consists of."),
                    .required("description", .string, "What it means.")
                )
            ),
            "What can be chosen; none asks for a text."
        ),
        .required("multiSelect", .boolean, "Whether several can be chosen."),
        description: "One question of an approval."
    )
}

extension Approval: ComponentDescribing {
    package static let schemaName = "Approval"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("sessionId", .identifier, "The session whose agent asks."),
        .required("turnId", .identifier, "The turn in which it asks."),
        .required("toolCallId", .string(1...512), "The tool call it is about."),
        .required("kind", .enumeration(of: Kind.self), "Whether it asks for permission or for an answer."),
        .required("state", .enumeration(of: State.self), "Whether it can still be answered."),
        .required("questions", .array(of: .reference(to: Question.self)), "What it asks."),
        .optional("subject", .reference(to: ApprovalSubject.self), "What a permission is asked for; rules go by it."),
        .optional("answers", .map(to: .string), "The answer to each question by its text."),
        .optional("answeredBy", .string, "Who answered first, or who made the rule that did."),
        .optional("ruleId", .identifier, "The rule that answered."),
        .optional("answeredAt", .timestamp, "When."),
        .required("createdAt", .timestamp, "When it was asked."),
        description: "Something an agent asks of a person."
    )

    /// What the documents show.
    package static let example = Approval(
        id: "p1",
        sessionID: "s1",
        turnID: "t1",
        toolCallID: "c1",
        kind: .permission,
        state: .pending,
        questions: [
            Question(
                question: "Run `make test`?",
                header: "Permission",
                options: [
                    Question.Option(label: "Allow once", description: "Run it this time."),
                    Question.Option(label: "Reject", description: "Do not run it."),
                ],
                multiSelect: false
            )
        ],
        subject: .example,
        createdAt: .example
    )
    /// The same, once somebody has answered.
    package static let answeredExample: Approval = {
        var approval = example
        approval.state = .answered
        approval.answers = ["Run `make test`?": "Allow once"]
        approval.answeredBy = "Anonymous User"
        approval.answeredAt = Timestamp.example.advanced(by: .seconds(5))
        return approval
    }()
}
