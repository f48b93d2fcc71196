import Synchronization

/// Rings when nothing has been said for a while.
struct QuietAlarm: Sendable {
    /// Something was said: the quiet starts anew.
    let touch: @Sendable () -> Void
    /// Returns when the quiet has lasted.
    let wait: @Sendable () async throws -> Void

    static func make(after duration: Duration, on clock: any Clock<Duration>) -> QuietAlarm {
        make(duration, clock)
    }

    private static func make<C: Clock>(_ duration: Duration, _ clock: C) -> QuietAlarm where C.Duration == Duration {
        let last = LastInstant(clock.now)
        return QuietAlarm(
            touch: { last.value = clock.now },
            wait: {
                while true {
                    let due = last.value.advanced(by: duration)
                    guard due > clock.now else { return }
                    try await clock.sleep(until: due, tolerance: nil)
                }
            }
        )
    }
}

private final class LastInstant<Instant: InstantProtocol>: Sendable {
    private let instant: Mutex<Instant>

    init(_ instant: Instant) { self.instant = Mutex(instant) }

    var value: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }
}
