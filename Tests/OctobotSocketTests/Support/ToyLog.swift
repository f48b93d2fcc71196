import OctobotModel
import OctobotServices
import Synchronization

/// A log in memory whose readers wait for more.
final class ToyLog: Sendable {
    struct State: Sendable {
        var entries: [LogEntry] = []
        var end: String?
        var failure: Fault?
        /// The parts of the snapshot, and how many of them readers get.
        var parts: [[String]] = []
        var partsAllowed = 0
        /// A position after which entries are no longer kept, and the oldest one kept.
        var gap: (from: Int, to: Int)?
        /// How many entries were handed to readers.
        var pulls = 0
    }

    let name: String
    let state = Watched(State())

    init(_ name: String) { self.name = name }

    var head: String { "\(name):\(state.value.entries.count)" }

    func append(_ data: String, type: String = "job_completed") {
        state.update { [name] state in
            state.entries.append(
                LogEntry(
                    cursor: "\(name):\(state.entries.count + 1)",
                    at: Timestamp(milliseconds: 1_700_000_000_000),
                    type: type,
                    data: Array(data.utf8)
                )
            )
        }
    }

    /// Entries that are valid events.
    func appendEvents(_ numbers: ClosedRange<Int>, padding: Int = 0) {
        let filling = String(repeating: "x", count: padding)
        for number in numbers {
            append(
                """
                {"data":{"jobId":"j\(number)","jobType":"session_init","resourceType":"session","resourceId":"s","status":"failed","error":"\(filling)"},"id":"e\(number)","seq":\(number),\
                "timestamp":"2023-11-14T22:13:20.000Z","type":"job_completed"}
                """
            )
        }
    }

    func reader(from position: Int = 0) -> LogReader {
        let place = Mutex((position: position, isSynced: false))
        return LogReader(cursor: "\(name):\(position)", head: head) { [self] in
            let (position, isSynced) = place.withLock { $0 }
            let state = try await state.wait { state in
                position < state.entries.count || !isSynced || state.end != nil || state.failure != nil
            }
            if let gap = state.gap, gap.from == position {
                place.withLock { $0.position = gap.to }
                return .gap(reason: "retention", from: "\(name):\(position)", to: "\(name):\(gap.to)")
            }
            if position < state.entries.count {
                place.withLock { $0.position += 1 }
                self.state.update { $0.pulls += 1 }
                return .entry(state.entries[position])
            }
            if let failure = state.failure { throw failure }
            if let end = state.end { return .end(reason: end, resume: "\(name):\(position)") }
            place.withLock { $0.isSynced = true }
            return .synced(cursor: "\(name):\(position)")
        }
    }

    /// The parts of the snapshot as far as they are allowed, then the log from `position`.
    func snapshotReader(thenFrom position: Int) -> LogReader {
        let log = reader(from: position)
        let given = Mutex(0)
        return LogReader(cursor: "\(name):0", head: head) { [self] in
            let number = given.withLock { $0 }
            guard number < state.value.parts.count else { return try await log.next() }
            let parts = try await state.wait { $0.partsAllowed > number }.parts
            given.withLock { $0 += 1 }
            let more = number < parts.count - 1
            return .snapshot(
                LogSnapshot(
                    items: parts[number].map { Array($0.utf8) },
                    more: more,
                    cursor: "\(name):\(more ? 0 : position)"
                )
            )
        }
    }

    /// Where a subscription starts.
    func reader(from start: StartOfToy) throws(Fault) -> LogReader {
        switch start {
        case .start: return reader(from: 0)
        case .now: return reader(from: state.value.entries.count)
        case .cursor(let text):
            let parts = text.split(separator: ":")
            guard parts.count == 2, parts[0] == name, let position = Int(parts[1]),
                (0...state.value.entries.count).contains(position)
            else { throw Fault(.cursorInvalid, "'\(text)' is no cursor of this stream.") }
            return reader(from: position)
        }
    }

    enum StartOfToy {
        case start, now
        case cursor(String)
    }
}
