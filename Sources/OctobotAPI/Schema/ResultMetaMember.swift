import OctobotModel

/// The `_meta` member of the result of an operation that remembers its calls (rpc.md §6).
enum ResultMetaMember: ComponentDescribing {
    static let schemaName = "ResultMeta"
    static let definition = JSONSchema.record(
        .optional(
            "replayed",
            .boolean,
            "Whether this is the result an earlier call with the same key or message id got."
        )
    )
}

extension JSONSchema {
    /// The same result with an optional `_meta` member.
    func carryingMeta() -> JSONSchema {
        let meta = Member.optional(
            "_meta",
            .reference(to: ResultMetaMember.self),
            "About the answer rather than its subject."
        )
        return JSONSchema(.extended(self, by: meta))
    }
}
