import CSystemd

/// Tells the service manager how the daemon is (sd_notify(3)); without one it does nothing.
package struct ServiceNotifier: Sendable {
    package init() {}

    /// The start is complete.
    package func ready(status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }

    /// A line for `systemctl status`.
    package func status(_ text: String) { send("STATUS=\(Self.line(text))") }

    /// The graceful shutdown has begun.
    package func stopping() { send("STOPPING=1") }

    /// The daemon is alive; due within ``watchdogInterval``.
    package func keepAlive() { send("WATCHDOG=1") }

    /// How often ``keepAlive()`` must be called at least; `nil` when nobody watches (sd_watchdog_enabled(3)).
    package var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    private func send(_ state: String) {
        // Nobody listening, or the manager gone: there is nothing the daemon would do differently.
        _ = sd_notify(0, state)
    }

    /// A state is one assignment a line.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
