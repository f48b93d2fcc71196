import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Keeps a sandbox's log from growing without bound: when it gets too long, only its end is kept.
///
/// It sleeps while nothing is written, and looks once a second at most while something is (inotify(7)).
final class LogLimit: Sendable {
    /// How long a log may get, and what is kept of it then.
    static let longest = 1 << 20
    static let kept = 256 << 10

    private struct State {
        var descriptor: CInt = -1
        var token: UInt64?
        var isOver = false
    }

    private let path: String
    private let state = Mutex(State())

    init(_ path: String) {
        self.path = path
        look()
    }

    deinit {
        state.withLock { state in
            state.isOver = true
            Self.end(&state)
        }
    }

    /// Trims the log if need be, and waits for the next write.
    private func look() {
        // Waiting first: what is written from here on is noticed.
        state.withLock { state in
            guard !state.isOver, state.descriptor < 0 else { return }
            let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            guard descriptor >= 0 else { return }
            state.descriptor = descriptor
            guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY) | UInt32(IN_ONESHOT)) >= 0 else {
                return Self.end(&state)
            }
            state.token = ProcessWatcher.shared.watch(descriptor) { [weak self] in self?.written() }
        }
        trim()
    }

    private func written() {
        state.withLock { Self.end(&$0) }
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .seconds(1)) { [weak self] in
            guard let self else { return }
            NIOThreadPool.singleton.submit { [weak self] _ in self?.look() }
        }
    }

    private static func end(_ state: inout State) {
        if let token = state.token { ProcessWatcher.shared.forget(token) }
        if state.descriptor >= 0 { close(state.descriptor) }
        state.token = nil
        state.descriptor = -1
    }

    private func trim() {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_size > Self.longest else { return }
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return }
        defer { close(file) }
        var tail = [UInt8](repeating: 0, count: Self.kept)
        let count = pread(file, &tail, tail.count, facts.st_size - off_t(Self.kept))
        guard count > 0, ftruncate(file, 0) == 0 else { return }
        // Those who write append, whatever the length is; what is lost in between nobody misses in a flood.
        let mark = Array("… (shortened)\n".utf8)
        let text = mark + tail[..<count].drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }
}
