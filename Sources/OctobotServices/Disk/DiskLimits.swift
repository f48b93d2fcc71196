import Foundation
import OctobotModel

/// What sandboxes may take of the disk, and what is left to everything else.
package struct DiskLimits: Sendable {
    /// `SANDBOX_DISK_MB`, in bytes: what a sandbox's home may hold; `nil` for any amount.
    package var home: Int64?
    /// `SANDBOX_DISK_RESERVE_MB`, in bytes: with less free space no new work is begun; 0 for none.
    package var reserve: Int64
    /// Lies on the disk whose free space counts.
    package var folder: String
    /// How long after a look at the sandboxes the next one is.
    package var pause = Duration.seconds(30)

    package init(home: Int64? = nil, reserve: Int64 = 0, folder: String = "/") {
        self.home = home
        self.reserve = reserve
        self.folder = folder
    }

    /// Refuses new work while the disk is nearly full: what runs needs the rest to come to its end.
    ///
    /// - Throws: ``FaultKind/unavailable``.
    func checkReserve() throws(Fault) {
        guard reserve > 0, let free = freeBytes, free < reserve else { return }
        throw .unavailable(
            "disk",
            "The disk of '\(folder)' has \(free >> 20) MiB left; new work needs \(reserve >> 20).",
            hint: "Free some space, delete sessions or caches, or lower SANDBOX_DISK_RESERVE_MB."
        )
    }

    /// What this user may still write; `nil` where the file system does not say.
    private var freeBytes: Int64? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0, facts.f_blocks > 0 else { return nil }
        return Int64(
            clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue
        )
    }
}
