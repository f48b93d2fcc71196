import OctobotModel

/// The params of every notification of a subscription (rpc.md §5); `data` is the stream's item.
package enum StreamNotification: ComponentDescribing {
    package static let schemaName = "StreamNotification"
    package static let definition = JSONSchema.tagged(
        by: "type",
        shape("event", .required("data", .any, "The item."), .required("at", .timestamp, "When it was written.")),
        shape(
            "snapshot",
            .required("items", .array(of: .any), "A part of the state that stands for the log’s beginning."),
            .required(
                "more",
                .boolean,
                "Whether another part follows; `cursor` lies after the snapshot only when none does."
            )
        ),
        shape(
            "bytes",
            .required("offset", .count, "Of the first byte."),
            .required("data", .string, "The bytes."),
            .required("encoding", .enumeration(of: ContentEncoding.self), "How `data` stands for bytes."),
            .optional("channel", .enumeration(of: OutputChannel.self), "Programs only: where it was written.")
        ),
        shape("synced"),
        shape("bookmark"),
        shape(
            "gap",
            .required("reason", .string, "Why entries are missing, such as `retention`."),
            .required("from", .cursor, "The last cursor before the gap."),
            .required("to", .cursor, "Where reading goes on.")
        ),
        shape(
            "end",
            .required("reason", .string, "Why the subscription ended."),
            .optional("error", .reference(to: ErrorObject.self), "What failed, if anything did."),
            .optional("resume", .cursor, "Where to subscribe again."),
            .optional("exitCode", .integer(0...255), "With `exited`: the status the program ended with."),
            .optional("signal", .integer(1...64), "With `exited`: the number of the signal that ended it."),
            .optional("timedOut", .boolean, "With `exited`: whether it was killed because its time was over."),
            .optional("truncated", .boolean, "With `exited`: whether output was dropped.")
        ),
        description: "What a subscription sends: items, and what there is to know about the log."
    )

    private static func shape(_ type: String, _ members: JSONSchema.Member...) -> JSONSchema.Alternative {
        JSONSchema.Alternative(
            tag: type,
            rules: JSONSchema.ObjectRules(
                members: [
                    .required("subscription", .string(1...128), "As the subscribe call answered."),
                    .required("n", .integer(1...JSONSchema.maximumInteger), "Counts 1, 2, 3; a jump proves loss."),
                    .required("cursor", .cursor, "Where to go on after this notification."),
                ] + members,
                openness: .growing,
                exactlyOne: []
            )
        )
    }
}

/// The `error` member of an answer, and the params of an `rpc.error` notification (rpc.md §7).
package enum ErrorObject: ComponentDescribing {
    package static let schemaName = "ErrorObject"
    package static let definition = JSONSchema.record(
        .required("code", .integer(-32_800...9999), "The number of the failure."),
        .required("message", .string, "What happened, for people."),
        .required(
            "data",
            .record(
                .required("type", .enumeration(of: FaultKind.self), "The stable symbol of the failure."),
                .required("retryable", .boolean, "Whether the same call may succeed later."),
                .optional("retryAfterMs", .count, "When to try again."),
                .optional("details", .open(), "Facts for programs, such as `pointer` or `reason`."),
                .optional("hint", .string, "What to do about it."),
                .required("requestId", .string(1...128), "Finds the call in the daemon’s log.")
            ),
            "What programs read."
        )
    )
}

/// The params of `rpc.goaway`: the daemon is about to stop.
package enum GoAwayNotice: ComponentDescribing {
    package static let schemaName = "GoAwayNotice"
    package static let definition = JSONSchema.record(
        .required("reason", .string, "Why, such as `shuttingDown`."),
        .required("deadlineMs", .count, "How long running calls may still take.")
    )
}
