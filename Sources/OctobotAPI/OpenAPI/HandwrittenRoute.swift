import HTTPTypes
import JSONText
import OctobotModel

/// What no binding knows about the routes that the gateway writes by hand.
enum HandwrittenRoute {
    /// The rules of a query parameter that is no member of the params.
    static func query(_ name: String) -> JSONSchema {
        switch name {
        case "since": .string.described("Starts with what happened at this RFC 3339 time, or these Unix seconds.")
        case "after": .string.described("Starts after the event with this id or cursor; wins over `since`.")
        case "toolUseID": .string.described("The question asked about; the oldest one that waits when absent.")
        case "rows", "cols": .string.described("The size of the screen, in characters.")
        case "root": .string.described("Whether the shell is root’s: `true` or `1`.")
        default: .string.described("Not looked at.")
        }
    }

    /// The rules of a path parameter where they are not those of the params.
    static func path(_ name: String, of binding: HTTPBinding) -> JSONSchema? {
        // Whatever names no session has nothing to resume (rest-api.md §1.9).
        guard last(of: binding) == "stream", name == "sessionId" else { return nil }
        return .string(1...Int.max).described("The session.")
    }

    /// The body of a route that reads it itself; `nil` where the body is made of params.
    static func body(of binding: HTTPBinding) -> RESTRoute.Body? {
        guard let example = binding.exampleBody else { return nil }
        let schema: JSONSchema? =
            if binding.path.hasSuffix("/chat") { prompt } else if binding.path.hasSuffix("/answer") { answer } else {
                nil
            }
        return schema.map { RESTRoute.Body(schema: $0, isRequired: true, example: example) }
    }

    /// The answers of a hand-written route.
    static func answers(of binding: HTTPBinding, _ operation: AnyOperation) -> [RESTRoute.Answer] {
        switch last(of: binding) {
        case "openapi.json":
            [
                RESTRoute.Answer(
                    200,
                    "This document.",
                    schemas: [operation.resultSchema],
                    example: operation.exampleResult
                )
            ]
        case "docs", "ui": [RESTRoute.Answer(200, "A page for people.", contentType: "text/html; charset=utf-8")]
        case "events": [events(operation)]
        case "output": [output(operation)]
        case "chat": [chunks]
        case "stream":
            [chunks, RESTRoute.Answer(204, "No turn runs, or there is no such session.", contentType: nil)]
        case "cancel": [RESTRoute.Answer(200, "The turn ended.", schemas: [cancelled], example: cancelledExample)]
        case "question": [RESTRoute.Answer(200, "What the agent asks.", schemas: [asked], example: ["question": .null])]
        case "answer":
            [RESTRoute.Answer(200, "The answer counts.", schemas: [.record(.success)], example: ["success": true])]
        case "ws":
            [
                RESTRoute.Answer(
                    101,
                    """
                    The connection is a WebSocket (RFC 6455). The client sends {"type":"input","data":…} and \
                    {"type":"resize","data":{"rows":…,"cols":…}}, and gets {"type":"output","data":…} and \
                    {"type":"error","data":…}; a close ends the shell.
                    """,
                    contentType: nil
                )
            ]
        case "poll":
            [
                RESTRoute.Answer(
                    200,
                    "Logged in.",
                    schemas: [operation.resultSchema],
                    example: operation.exampleResult
                ),
                RESTRoute.Answer(202, "The person has not decided yet.", schemas: [operation.resultSchema]),
            ]
        default: [RESTRoute.Answer(binding.success, "Done.", schemas: [.any])]
        }
    }

    /// Statuses of errors that the operation's faults do not tell.
    static func errorStatuses(of binding: HTTPBinding) -> Set<Int> {
        switch last(of: binding) {
        case "ws": [426]
        case "poll": [400, 403, 410]
        case "question", "answer": [404]
        default: []
        }
    }

    private static func last(of binding: HTTPBinding) -> Substring { binding.path.split(separator: "/").last ?? "" }

    private static func events(_ operation: AnyOperation) -> RESTRoute.Answer {
        RESTRoute.Answer(
            200,
            """
            Events as they are committed. The first is `connected`; each has its cursor as `id` and its type as `event`; \
            a comment comes at least every 15 seconds. A start that cannot be read is told in an `error` event, and \
            reading goes on live.
            """,
            contentType: "text/event-stream",
            item: operation.stream?.itemSchema
        )
    }

    private static func output(_ operation: AnyOperation) -> RESTRoute.Answer {
        RESTRoute.Answer(
            200,
            """
            What the service wrote since its last start, then what it writes, one JSON object an event; `[DONE]` follows             when it does not run. Why there is no output is told in an object of type `error`.
            """,
            contentType: "text/event-stream",
            item: operation.stream?.itemSchema
        )
    }

    private static let chunks = RESTRoute.Answer(
        200,
        """
        The chunks of the turn, one JSON object an event, with their cursors as `id`; `[DONE]` follows the last. A \
        client that goes cancels nothing.
        """,
        contentType: "text/event-stream",
        item: .open(.required("type", .string, "Which chunk it is, such as `text-delta`."))
    )

    private static let prompt = JSONSchema.record(
        .required("id", .newSessionID, "The session; with a new id it is created."),
        .required(
            "messages",
            .array(of: .open(.optional("role", .string, "Whose message it is.")), count: 1...Int.max),
            "The conversation; the last message of role `user` is the prompt."
        ),
        .optional("workspaceId", .string.orNull, "Where a new session works."),
        .optional("agentId", .string.orNull, "The agent of a new session; the project’s default when absent."),
        .optional("model", .string.orNull, "The model, stored with the session."),
        .optional("reasoning", .enumeration(of: Reasoning.self).orEmpty.orNull, "Whether the model thinks first."),
        .optional("trigger", .string.orNull, "`submit-message`, or nothing.")
    )

    private static let answer = JSONSchema.record(
        .required("toolUseID", .identifier, "The question."),
        .required("answers", .map(to: .string), "By the text of the question, what was chosen or typed.")
    )

    private static let cancelled = JSONSchema.record(
        .success,
        .required("completionId", .string, "The turn that ended."),
        .required("status", JSONSchema(.constant("cancelled")), "What became of it.")
    )
    private static let cancelledExample: JSONValue = ["success": true, "completionId": "t1", "status": "cancelled"]

    private static let asked = JSONSchema.record(
        .optional(
            "status",
            JSONSchema(.enumeration(["pending", "answered", "expired"])),
            "Where the question asked about stands; absent when none was named."
        ),
        .required(
            "question",
            JSONSchema.record(
                .required("toolUseID", .identifier, "Names it in the answer."),
                .required("questions", .array(of: .reference(to: Question.self)), "What is asked.")
            ).orNull,
            "What waits for an answer."
        )
    )
}
