import Synchronization

/// Says whether a call was answered with the result an earlier one got (rpc.md §6): its idempotency key, or its message id,
/// was met again and nothing was done.
package final class ReplayNote: Sendable {
    private let isMade = Atomic(false)

    package init() {}

    package var isReplayed: Bool { isMade.load(ordering: .acquiring) }

    /// The answer is an earlier call's.
    package func make() { isMade.store(true, ordering: .releasing) }
}
