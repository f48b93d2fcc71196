import CLinux
import Foundation
import JSONText
import SandboxAgentAPI
import Synchronization

/// What a service wrote, as events: in memory for readers, and in a file for those who come after a restart.
///
/// Above ``limit`` the older half is dropped. Adding blocks for a write to a file.
final class ServiceLog: RingingLog {
    /// Bytes of events that are kept.
    static let limit = 1 << 20

    private struct State {
        /// JSON texts, and the number of the first, counted from 0.
        var lines: [[UInt8]] = []
        var first = 0
        var size = 0
        var isEnded = false
        var bells: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextBell = 0
    }

    private let path: String
    private let state = Mutex(State())

    /// A log that begins anew; its file is emptied.
    init(path: String) {
        self.path = path
        write([])
    }

    /// The log an earlier service left, which has ended.
    init(stored path: String) {
        self.path = path
        let bytes = (try? Data(contentsOf: URL(filePath: path))) ?? Data()
        // What the file holds may have been changed by anybody in the sandbox.
        let lines = bytes.suffix(2 * Self.limit).split(separator: 0x0A).filter { (try? JSONScanner.check($0)) != nil }
        state.withLock { state in
            state.lines = lines.map { Array($0) }
            state.isEnded = true
        }
    }

    func add(_ events: [ServiceEvent], isLast: Bool = false) {
        // Texts and numbers: there is nothing that could not be written.
        let lines = events.compactMap { try? JSONCoding.encode($0) }.map { Array($0) }
        let (isCut, all, bells) = state.withLock { state in
            state.lines += lines
            state.size += lines.reduce(0) { $0 + $1.count + 1 }
            let isCut = state.size > Self.limit
            if isCut {
                let dropped = state.lines.count / 2
                state.first += dropped
                state.lines.removeFirst(dropped)
                state.size = state.lines.reduce(0) { $0 + $1.count + 1 }
            }
            state.isEnded = state.isEnded || isLast
            return (isCut, isCut ? state.lines : [], Array(state.bells.values))
        }
        if isCut { write(all) } else { append(lines) }
        for bell in bells { bell.yield() }
    }

    /// The events from a number on, the number after them, and whether there will be no more.
    func page(from position: Int) -> (lines: [[UInt8]], next: Int, isLast: Bool) {
        state.withLock { state in
            let start = max(0, position - state.first)
            let lines = state.lines.dropFirst(start).prefix(500)
            let next = state.first + start + lines.count
            return (Array(lines), next, state.isEnded && start + lines.count >= state.lines.count)
        }
    }

    /// Rings whenever something was added.
    func bell() -> (rings: AsyncStream<Void>, key: Int) {
        let (rings, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            defer { state.nextBell += 1 }
            state.bells[state.nextBell] = bell
            return state.nextBell
        }
        return (rings, key)
    }

    func ring(_ key: Int) {
        _ = state.withLock { $0.bells[key] }?.yield()
    }

    /// Ends a bell's stream.
    func remove(_ key: Int) {
        state.withLock { $0.bells.removeValue(forKey: key) }?.finish()
    }

    // MARK: The file

    // A log that cannot be written, for the disk is full say, is still there for those who read it now.

    private func append(_ lines: [[UInt8]]) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(lines.joined(separator: [0x0A])) + (lines.isEmpty ? [] : [0x0A])
        _ = CLinux.write(descriptor, bytes, bytes.count)
    }

    private func write(_ lines: [[UInt8]]) {
        StateFile.replace(path, with: Array(lines.joined(separator: [0x0A])) + (lines.isEmpty ? [] : [0x0A]))
    }
}
