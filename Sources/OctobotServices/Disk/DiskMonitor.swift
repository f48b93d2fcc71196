import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI
import ServiceLifecycle

/// Stops sandboxes whose home has grown beyond ``DiskLimits/home``, and says so in their session.
///
/// Neither a container's volume nor a folder has a bound of its own without a quota of the file system, so each sandbox is
/// asked what its home holds. That keeps a mistake from filling the disk; against malice ``DiskLimits/reserve`` stands.
/// It sleeps while no sandbox runs.
package struct DiskMonitor: Service {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let limits: DiskLimits
    let logger: Logger

    /// How many sandboxes are asked at a time.
    private static let width = 4

    package func run() async throws {
        guard let limit = limits.home else {
            // Nothing is ever too much.
            do { try await gracefulShutdown() } catch { return }
            return
        }
        let bell = ledger.bells.listen(to: .sandboxes)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await self.sweep(limit) {
                        try await Task.sleep(for: limits.pause)  // ok: between two looks
                    } else {
                        try await bell.wait()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.error("Disk use not looked at", metadata: ["error": "\(error)"])
                    do { try await bell.wait(atMost: .seconds(60)) } catch { return }
                }
            }
        }
    }

    /// Looks at every sandbox that is up.
    ///
    /// - Returns: Whether there is one.
    private func sweep(_ limit: Int64) async throws -> Bool {
        var rest = try await ledger.read { try $0.sessionsUpLongestUnusedFirst() }.map(\.id)[...]
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            await withDiscardingTaskGroup { group in
                for id in rest.prefix(Self.width) { group.addTask { await self.look(at: id, limit) } }
            }
            rest = rest.dropFirst(Self.width)
        }
        return true
    }

    private func look(at id: SessionID, _ limit: Int64) async {
        do {
            guard let session = try await ledger.read({ try $0.session(id, in: nil) }) else { return }
            let agent = try await sandboxes.agent(of: session)
            let use = try await withDeadline(.seconds(30)) { try await agent.use() }
            guard let bytes = use.diskBytes, bytes > limit else { return }
            try await sandboxes.end(
                session,
                because: """
                    The sandbox was stopped: its home holds \(bytes >> 20) MiB, and it may hold \(limit >> 20) \
                    (SANDBOX_DISK_MB). Start it again and delete what is not needed at once, or raise the limit.
                    """
            )
            logger.notice(
                "Stopped a sandbox for its use of the disk",
                metadata: ["session.id": "\(id)", "disk.bytes": "\(bytes)", "disk.limit": "\(limit)"]
            )
        } catch {
            // One that has ended, or is too busy to say, is asked again next time.
            logger.debug("Disk use not told", metadata: ["session.id": "\(id)", "error": "\(error)"])
        }
    }
}
