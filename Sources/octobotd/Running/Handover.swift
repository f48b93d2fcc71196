import Logging
import Systemd

/// Which of its sockets the daemon got from a service manager, and so whether it may leave when it is idle (rpc.md §10).
///
/// Only a socket that somebody else keeps open starts the next daemon. One that the daemon made itself would be gone, and a
/// browser find nobody: then it stays.
struct Handover {
    private let isActivated: Bool
    private let isComplete: Bool

    init(_ inherited: ListenDescriptors, servesHTTP: Bool) {
        isActivated = !inherited.isEmpty
        isComplete = inherited["rpc"] != nil && (!servesHTTP || inherited["http"] != nil)
    }

    /// How long to be idle before leaving, 10 minutes unless `configured`; `nil` to stay.
    func idleLimit(_ configured: Duration?, _ logger: Logger) -> Duration? {
        guard isActivated, configured != .zero else { return nil }
        guard isComplete else {
            logger.notice(
                "Stays when idle, because one of its sockets would close with it",
                metadata: ["remedy": "enable octobotd.socket and octobotd-http.socket, or set PORT=off"]
            )
            return nil
        }
        return configured ?? .seconds(600)
    }
}
