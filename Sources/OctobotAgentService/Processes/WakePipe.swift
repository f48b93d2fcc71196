import CLinux
import Foundation

/// Wakes a thread that waits in poll(2): many rings, one wake-up.
final class WakePipe: Sendable {
    /// Readable after a ring.
    let descriptor: CInt
    private let writing: CInt

    init() throws(HandRefusal) {
        var ends: [CInt] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { throw .exhausted("No pipe: \(errnoText()).") }
        (descriptor, writing) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    func ring() {
        var byte: UInt8 = 0
        // A full pipe wakes as well.
        _ = write(writing, &byte, 1)
    }

    /// Forgets the rings so far.
    func reset() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) == bytes.count {}
    }
}

/// Waits until one of the descriptors is ready, or `deadline`; negative descriptors are left out.
///
/// - Returns: what is ready, in the order of the descriptors; nothing after the deadline.
func waitReady(_ descriptors: [(descriptor: CInt, events: CInt)], until deadline: ContinuousClock.Instant?) -> [CInt] {
    var entries = descriptors.map { pollfd(fd: $0.descriptor, events: Int16($0.events), revents: 0) }
    var timeout: CInt = -1
    if let deadline {
        let left = ContinuousClock.now.duration(to: deadline)
        // Rounded up: waking before the deadline would spin until it.
        timeout = CInt(
            clamping: max(0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
        )
        if left <= .zero { timeout = 0 }
    }
    let count = poll(&entries, nfds_t(entries.count), timeout)
    return entries.map { count > 0 ? CInt($0.revents) : 0 }
}
