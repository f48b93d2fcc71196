import Foundation
import NIOPosix
import Synchronization
import UIMessageStream

/// The chunks of turns on disk until the daemon has stored them (decisions 28–30).
///
/// One file per turn in one folder: a header line, then one chunk per line, so that chunk *n* is line *n* after the
/// header. A chunk is in the file before any reader sees it. `answered` lists turns whose files are gone, so that the
/// same idempotency key is answered the same way forever. Files are synced when a turn is accepted, when it ends, and
/// a few times a second between; what a crash of the machine may lose is the tail of a turn that is then closed.
/// The limit counts what is not acknowledged, so one endless turn goes on as long as the daemon keeps up.
final class Spool: RingingLog {
    /// What a reader gets.
    struct Page: Sendable, Equatable {
        struct Entry: Sendable, Equatable {
            /// Counts from 1.
            var n: Int
            var bytes: [UInt8]
        }
        var entries: [Entry]
        /// The turn has ended and nothing follows these entries.
        var isLast: Bool
    }

    /// The spool's folder or a file in it cannot be used.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var turns: [String: SpooledTurn] = [:]
        var answered: Set<String> = []
        var bells: [Int: Bell] = [:]
        var nextBell = 0
    }

    private struct Bell {
        /// `nil`: rings when room is made.
        var turn: String?
        var ring: AsyncStream<Void>.Continuation
    }

    private let folder: String
    private let limit: Int
    private let state = Mutex(State())

    /// Opens the folder, forgets what is older than seven days and closes turns that were running when the
    /// service ended.
    init(folder: String, limit: Int = 256 << 20, now: Date = Date()) throws {
        self.folder = folder
        self.limit = limit
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let answered = try Self.readLines(folder + "/answered")
        state.withLock { $0.answered = Set(answered) }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".turn") {
            var turn = try SpooledTurn(recovering: folder + "/" + name)
            guard turn.isAccepted else {
                try turn.file.delete()
                continue
            }
            if now.timeIntervalSince(turn.modifiedAt) > 7 * 86_400 {
                try retire([turn])
                continue
            }
            if !turn.isFinished {
                let closing = turn.closer.closing(.error("The agent service was restarted during this turn."))
                try turn.append(closing)
                try turn.file.sync()
            }
            let recovered = turn
            state.withLock { $0.turns[recovered.id] = recovered }
        }
    }

    /// Whether `id` may name a turn: 1 to 128 letters, digits, dots, hyphens and underscores.
    static func isValid(_ id: String) -> Bool {
        id.wholeMatch(of: /[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}/) != nil
    }

    /// Whether the turn was ever accepted.
    func knows(_ id: String) -> Bool {
        state.withLock { $0.turns[id] != nil || $0.answered.contains(id) }
    }

    /// Notes a new turn durably: when this returns the acceptance survives any crash.
    func accept(_ id: String) throws {
        let turn = try SpooledTurn(creating: folder + "/" + id + ".turn", id: id)
        try Self.sync(folder: folder)
        state.withLock { $0.turns[id] = turn }
    }

    /// Lets go of a turn that can no longer be written: its readers end, the next start of the service closes its file.
    func abandon(_ id: String) {
        let bells = state.withLock { state in
            state.turns[id] = nil
            state.answered.insert(id)
            return state.bells.values.filter { $0.turn == id }.map(\.ring)
        }
        for bell in bells { bell.yield() }
    }

    /// Adds chunks to a turn and rings its readers.
    func append(_ chunks: [UIMessageChunk], to id: String) throws {
        guard !chunks.isEmpty else { return }
        // Writing under the lock keeps the order of file and index the same; it goes to the page cache only.
        let bells = try state.withLock { state in
            try state.turns[id]?.append(chunks)
            return state.bells.values.filter { $0.turn == id }.map(\.ring)
        }
        for bell in bells { bell.yield() }
    }

    /// Syncs the turn when the last time is a while ago, and waits while the spool is full.
    func settle(_ id: String) async {
        await syncWhenDue(id)
        guard isFull else { return }
        let (bell, key) = makeBell(nil)
        defer { remove(key) }
        for await _ in bell where !isFull || isFinished(id) { break }
    }

    private var isFull: Bool {
        state.withLock { state in state.turns.values.reduce(0) { $0 + $1.pendingSize } > limit }
    }

    private func isFinished(_ id: String) -> Bool {
        state.withLock { $0.turns[id]?.isFinished ?? true }
    }

    private func syncWhenDue(_ id: String) async {
        let due = state.withLock { $0.turns[id]?.takeSyncDue() }
        guard let due else { return }
        do {
            try await NIOThreadPool.singleton.runIfActive { try due.sync() }
        } catch {
            // The chunks are in the page cache; only a crash of the machine could lose them now.
            return
        }
    }

    /// Syncs a turn that has ended.
    func finish(_ id: String) async {
        let bells = state.withLock { state in
            state.turns[id]?.makeSyncDue()
            return state.bells.values.filter { $0.turn == id || $0.turn == nil }.map(\.ring)
        }
        for bell in bells { bell.yield() }
        await syncWhenDue(id)
    }

    /// The chunks of a turn after chunk `n`, at most about a megabyte of them; `nil` when the turn is not here.
    func page(_ id: String, after n: Int) throws -> Page? {
        // No copy of the turn leaves the lock: it would make the next append copy its index.
        let found = state.withLock { state in
            state.turns[id].flatMap { $0.isSpent ? nil : (extent: $0.extent(after: n), file: $0.file) }
        }
        return try found.map { try $0.extent.read($0.file) }
    }

    /// Rings when a turn got chunks or ended, or is forgotten.
    func bell(for id: String) -> (rings: AsyncStream<Void>, key: Int) {
        makeBell(id)
    }

    /// Rings one bell.
    func ring(_ key: Int) {
        state.withLock { $0.bells[key]?.ring }?.yield()
    }

    /// Ends a bell.
    func remove(_ key: Int) {
        state.withLock { $0.bells.removeValue(forKey: key) }?.ring.finish()
    }

    private func makeBell(_ turn: String?) -> (AsyncStream<Void>, Int) {
        let (stream, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        ring.yield()
        let key = state.withLock { state in
            state.nextBell += 1
            state.bells[state.nextBell] = Bell(turn: turn, ring: ring)
            return state.nextBell
        }
        return (stream, key)
    }

    /// Notes that chunks up to `n` are stored elsewhere; a turn acknowledged to its end is deleted.
    func acknowledge(_ id: String, n: Int) throws {
        let done = state.withLock { state -> SpooledTurn? in
            guard state.turns[id]?.acknowledge(n) == true else { return nil }
            return state.turns[id]
        }
        if let done {
            try retire([done])
            state.withLock { _ = $0.turns.removeValue(forKey: id) }
        }
        let bells = state.withLock { state in
            state.bells.values.filter { $0.turn == nil || (done != nil && $0.turn == id) }.map(\.ring)
        }
        for bell in bells { bell.yield() }
    }

    private func retire(_ turns: [SpooledTurn]) throws {
        let path = folder + "/answered"
        let lines = turns.map { $0.id + "\n" }.joined()
        let answered = try TurnFile(path)
        try answered.append(Array(lines.utf8))
        try answered.sync()
        state.withLock { $0.answered.formUnion(turns.map(\.id)) }
        for turn in turns { try turn.file.delete() }
        try Self.sync(folder: folder)
    }

    private static func readLines(_ path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func sync(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(description: "cannot open \(folder): \(errnoText())") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure(description: "cannot sync \(folder): \(errnoText())") }
    }
}

/// The text of the calling thread's `errno`.
func errnoText(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}
