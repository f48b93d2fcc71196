import Logging
package import OctobotModel
import OctobotStore
import ServiceLifecycle
import Synchronization

/// When each session was last used, and what uses it now: the one place that is asked before a sandbox is stopped for
/// idleness (behaviour.md §6.5).
///
/// Whoever does something in a sandbox for a person says so here, with ``touch(_:)`` for what is over at once and
/// ``begin(_:)`` for what lasts. Stamps are kept in memory and written down at most once a minute per session, so that
/// both are cheap enough for every burst of a terminal; the one exception is a stamp that belongs to a change of the
/// session itself, which is written with it.
package final class SandboxActivity: Service {
    private struct Entry {
        var lastUse = Timestamp(milliseconds: 0)
        /// When ``lastUse`` was last handed over to be written.
        var written = Timestamp(milliseconds: 0)
        /// How many things that last go on.
        var uses = 0
    }

    /// Something that goes on in a sandbox and keeps it from being stopped; ends when it is released at the latest.
    package final class Use: Sendable {
        private let onEnd: Mutex<(@Sendable () -> Void)?>

        fileprivate init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = Mutex(onEnd) }

        deinit { end() }

        /// Says that it is over; again is no error.
        package func end() {
            let onEnd = self.onEnd.withLock { action in
                defer { action = nil }
                return action
            }
            onEnd?()
        }
    }

    /// How often a session's stamp is written at most.
    static let interval = Duration.seconds(60)

    private let ledger: Ledger
    private let logger: Logger
    private let entries = Mutex<[SessionID: Entry]>([:])
    private let due: AsyncStream<SessionID>
    private let feed: AsyncStream<SessionID>.Continuation

    init(ledger: Ledger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
        // A session is in it at most once a minute.
        (due, feed) = AsyncStream.makeStream()
    }

    /// Notes that a session is used now.
    package func touch(_ session: SessionID) {
        note(session, uses: 0)
    }

    /// Notes that something which lasts has begun in a session; it counts as use until it ends.
    package func begin(_ session: SessionID) -> Use {
        note(session, uses: 1)
        return Use { [weak self] in self?.note(session, uses: -1) }
    }

    /// Runs `body`, during which the session counts as used.
    package func using<Value>(
        _ session: SessionID,
        _ body: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let use = begin(session)
        defer { use.end() }
        return try await body()
    }

    /// When a session was last used as far as is known here; `nil` while something uses it.
    func lastUse(of session: SessionID, written: Timestamp) -> Timestamp? {
        entries.withLock { entries in
            guard let entry = entries[session] else { return written }
            return entry.uses > 0 ? nil : max(entry.lastUse, written)
        }
    }

    /// Drops what is known of a session that is gone.
    func forget(_ session: SessionID) {
        entries.withLock { entries in
            if entries[session]?.uses == 0 { entries[session] = nil }
        }
    }

    private func note(_ session: SessionID, uses: Int) {
        let now = Timestamp.now
        let isDue = entries.withLock { entries in
            var entry = entries[session, default: Entry()]
            entry.uses += uses
            entry.lastUse = max(entry.lastUse, now)
            defer { entries[session] = entry }
            guard entry.written.advanced(by: Self.interval) <= now else { return false }
            entry.written = now
            return true
        }
        if isDue { feed.yield(session) }
    }

    /// Writes the stamps down as they come due, and the latest ones at the end.
    package func run() async throws {
        for await session in due.cancelOnGracefulShutdown() { await write([session]) }
        let unwritten = entries.withLock { entries in entries.filter { $0.value.lastUse > $0.value.written }.map(\.key)
        }
        // On a task that no cancellation reaches: it is one write.
        if !unwritten.isEmpty { await Task { await self.write(unwritten) }.value }
    }

    private func write(_ sessions: [SessionID]) async {
        let stamps = entries.withLock { entries in
            sessions.compactMap { id in entries[id].map { (id, $0.lastUse) } }
        }
        do {
            try await ledger.write { transaction, _ in
                for (id, moment) in stamps { try transaction.noteActivity(id, at: moment) }
            }
        } catch {
            // The next stamp is a minute away, and until then the one in memory counts.
            logger.debug("Activity not written", metadata: ["error": "\(error)"])
        }
    }
}
