import JSONText

/// `rpc.goaway`: the daemon is about to stop (rpc.md §4).
struct Goaway: Sendable {
    static let method = "rpc.goaway"

    var reason: String
    /// How long running calls may still take.
    var deadlineMilliseconds: Int

    /// The params.
    var text: [UInt8] {
        JSONValue.object(["reason": .string(reason), "deadlineMs": .integer(Int64(deadlineMilliseconds))]).serialized()
    }
}
