import OctobotModel
import Synchronization

/// Since when a session's runner knows that its turn is to end; the time an agent gets for that is counted once, however
/// often its stream breaks.
final class CancelRequests: Sendable {
    private let seen = Mutex<(turn: TurnID, at: ContinuousClock.Instant)?>(nil)

    /// When this was first asked about the turn; only the last turn is remembered.
    func firstSeen(_ turn: TurnID) -> ContinuousClock.Instant {
        seen.withLock { seen in
            if let seen, seen.turn == turn { return seen.at }
            let now = ContinuousClock.now
            seen = (turn, now)
            return now
        }
    }
}
