import CLinux
import Foundation

/// Tells that a child of ours has ended, without taking its number back.
///
/// A descriptor tells it at once (pidfd_open(2)). Where none can be had, for the sandbox is out of descriptors or its
/// kernel refuses them, the child is looked at every now and then.
struct ChildWatch: Sendable {
    private static let interval = Duration.milliseconds(50)

    private let pid: pid_t
    /// Readable once the child has ended; -1 where there is none.
    let descriptor: CInt

    init(_ pid: pid_t) { self.init(pid, descriptor: clinux_pidfd_open(pid)) }

    /// - Parameter descriptor: the watch's own from here on; negative for none.
    init(_ pid: pid_t, descriptor: CInt) {
        self.pid = pid
        self.descriptor = descriptor
    }

    /// When to look at the child at the latest, if nothing else is due before.
    func deadline(before other: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        guard descriptor < 0 else { return other }
        let next = ContinuousClock.now + Self.interval
        return other.map { min($0, next) } ?? next
    }

    /// Whether it has ended.
    ///
    /// - Parameter ready: what poll(2) says of the descriptor.
    func hasEnded(_ ready: CInt) -> Bool {
        guard descriptor < 0 else { return ready != 0 }
        var facts = siginfo_t()
        // Nothing to wait for any more has ended as well.
        guard waitid(P_PID, id_t(pid), &facts, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno != EINTR }
        return facts.si_signo != 0
    }

    func close() {
        if descriptor >= 0 { _ = CLinux.close(descriptor) }
    }
}
