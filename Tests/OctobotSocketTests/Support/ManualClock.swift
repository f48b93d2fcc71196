/// Time that passes only when a test says so.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State: Sendable {
        var now = Instant(offset: .zero)
        var lastSleeper = 0
        var sleepers: [Int: Instant] = [:]
    }

    private let state = Watched(State())

    var now: Instant { state.value.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.update { state in
            state.lastSleeper += 1
            state.sleepers[state.lastSleeper] = deadline
            return state.lastSleeper
        }
        defer { state.update { _ = $0.sleepers.removeValue(forKey: id) } }
        try await state.wait { $0.now >= deadline }
    }

    /// Lets time pass once somebody sleeps until `deadline`, counted from the clock's beginning.
    func advance(by duration: Duration, whenSleepingUntil deadline: Duration) async throws {
        try await state.wait { $0.sleepers.values.contains { $0.offset == deadline } }
        state.update { $0.now = $0.now.advanced(by: duration) }
    }
}
