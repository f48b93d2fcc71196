import CLinux
import Foundation

/// The lock that makes one daemon per state folder; held until the process ends, however it ends.
final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or returns `nil` when another daemon holds it and serves.
    ///
    /// A holder that does not answer on its socket is starting or stopping: this looks again until it answers, has let go, or
    /// `patience` is over.
    ///
    /// - Parameter isServed: Whether somebody answers on the daemon's socket.
    /// - Throws: ``ConfigurationError`` when the file cannot be made or its holder does neither.
    static func take(
        at path: String,
        patience: Duration = .seconds(20),
        isServed: () -> Bool
    ) async throws -> InstanceLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(
                name: path,
                problem: "cannot be opened (\(String(cString: strerror(errno))))",
                allowed: "a file this user can write"
            )
        }
        let deadline = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if isServed() {
                close(descriptor)
                return nil
            }
            guard ContinuousClock.now < deadline else {
                close(descriptor)
                throw ConfigurationError(
                    name: path,
                    problem: "is held by an octobotd that does not answer on this socket; end that one first",
                    allowed: "one octobotd for each state folder"
                )
            }
            try await Task.sleep(for: .milliseconds(20))  // ok: another process lets its lock go; nothing tells of it
        }
        return InstanceLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
