import Logging
import OctobotModel
import OctobotStore
import ServiceLifecycle

/// Stops sandboxes that nobody has used for a while (behaviour.md §6.5).
///
/// It sleeps until the session that was not used for the longest time is due, and for good while no sandbox runs.
package struct IdleMonitor: Service {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let activity: SandboxActivity
    /// `SANDBOX_IDLE_TIMEOUT`; `nil` for never.
    let timeout: Duration?
    let logger: Logger

    /// How many sandboxes are asked and stopped at a time.
    private static let width = 8

    package func run() async throws {
        guard let timeout else {
            // Nothing will ever be due.
            do { try await gracefulShutdown() } catch { return }
            return
        }
        let bell = ledger.bells.listen(to: .sandboxes)
        await cancelWhenGracefulShutdown {
            // Those that were busy when they were due are looked at again after the same time.
            var later: [SessionID: Timestamp] = [:]
            while !Task.isCancelled {
                do {
                    let next = try await self.sweep(timeout, &later)
                    if let next {
                        let rest = max(1, next.milliseconds - Timestamp.now.milliseconds)
                        try await bell.wait(atMost: .milliseconds(rest))
                    } else {
                        try await bell.wait()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.error("Idle sandboxes not looked for", metadata: ["error": "\(error)"])
                    do { try await bell.wait(atMost: .seconds(60)) } catch { return }
                }
            }
        }
    }

    /// Stops what is due.
    ///
    /// - Returns: When the next session is due; `nil` when none is up.
    private func sweep(_ timeout: Duration, _ later: inout [SessionID: Timestamp]) async throws -> Timestamp? {
        let now = Timestamp.now
        let up = try await ledger.read { try $0.sessionsUpLongestUnusedFirst() }
        var due: [SessionID] = []
        var next: Timestamp?
        var kept: [SessionID: Timestamp] = [:]
        for (id, written) in up {
            let unused = activity.lastUse(of: id, written: written)
            let moment = max((unused ?? now).advanced(by: timeout), later[id] ?? now)
            kept[id] = later[id]
            if moment <= now { due.append(id) } else { next = min(next ?? moment, moment) }
        }
        later = kept
        var rest = due[...]
        while !rest.isEmpty {
            let busy = await withTaskGroup(of: SessionID?.self) { group in
                for id in rest.prefix(Self.width) { group.addTask { await self.stop(id, timeout) ? nil : id } }
                return await group.reduce(into: [SessionID]()) { if let id = $1 { $0.append(id) } }
            }
            rest = rest.dropFirst(Self.width)
            let moment = Timestamp.now.advanced(by: timeout)
            for id in busy {
                later[id] = moment
                next = min(next ?? moment, moment)
            }
        }
        return next
    }

    /// - Returns: Whether it stands still now.
    private func stop(_ id: SessionID, _ timeout: Duration) async -> Bool {
        do {
            let deadline = Timestamp.now.advanced(by: .zero - timeout)
            guard try await sandboxes.stopIdle(id, unusedSince: deadline) else { return false }
            logger.info("Stopped an idle sandbox", metadata: ["session.id": "\(id)", "idle": "\(timeout)"])
            return true
        } catch {
            logger.warning("Idle sandbox not stopped", metadata: ["session.id": "\(id)", "error": "\(error)"])
            return false
        }
    }
}
