import OctobotModel

/// The `_meta` member every params object may carry (rpc.md §3).
enum CallMetaMember: ComponentDescribing {
    static let schemaName = "CallMeta"
    static let definition = JSONSchema.parameters(
        .optional(
            "idempotencyKey",
            .bytes(1...128),
            "Makes a repetition of this call harmless: for 24 hours it gets the first result, marked as `replayed`."
        ),
        .optional("timeoutMs", .integer(1...86_400_000), "How long the call may take, in milliseconds."),
        .optional("progress", .boolean, "Whether progress is wanted."),
        .optional("traceparent", .bytes(1...128), "W3C trace context, written into the daemon’s log.")
    )
}

extension JSONSchema {
    /// The same params with `_meta` as their last member; schemas of anything but an object stay as they are.
    package func acceptingMeta() -> JSONSchema {
        guard case .object(var rules) = kind, rules.member("_meta") == nil else { return self }
        rules.members.append(
            .optional("_meta", .reference(to: CallMetaMember.self), "About the call rather than its subject.")
        )
        var copy = self
        copy.kind = .object(rules)
        return copy
    }
}
