import Foundation
import OctobotModel

/// One sandbox as the running provider knows it.
struct LocalEntry: Sendable {
    /// The processes of a sandbox that runs.
    struct Live: Sendable {
        /// The first process inside: bubblewrap's, which reaps and which everything inside ends with.
        ///
        /// Without isolation it is the agent service itself.
        var main: ProcessHandle
        /// The one outside that waits for the agent service and reports its exit status; absent without isolation.
        var launcher: ProcessHandle?
        /// Keeps its log from growing.
        var log: LogLimit?

        /// Ends with the agent service.
        var service: ProcessHandle { launcher ?? main }

        /// Asks the agent service to end.
        func terminate() {
            guard launcher != nil else { return main.signal(SIGTERM) }
            // The first process of a pid namespace does not get it; its child does.
            for child in ProcessFacts.children(of: main.pid) { child.signal(SIGTERM) }
        }
    }

    var record: SandboxRecord
    var live: Live?
    /// Its end is wanted: it is a stop, not a failure, and a start under way gives up.
    var isEnding = false
    /// A start is under way.
    var isStarting = false
    /// It was removed and its data set aside.
    var isKept = false

    var status: SandboxStatus { live == nil ? record.status : .running }

    var sandbox: Sandbox {
        Sandbox(
            sessionID: record.spec.sessionID,
            workspaceID: record.spec.workspaceID,
            projectID: record.spec.projectID,
            status: status,
            error: live == nil ? record.error : nil,
            isolationNotes: record.isolationNotes,
            installation: record.installation
        )
    }

    var change: SandboxChange {
        SandboxChange(sessionID: record.spec.sessionID, status: status, error: live == nil ? record.error : nil)
    }

    /// Finds the processes of an earlier daemon's sandbox again; they are only taken for it when nothing speaks against.
    static func adopt(_ run: SandboxRecord.Run, report: StatusReport) -> Live? {
        guard run.bootID == ProcessFacts.bootID, let pid = run.pid ?? report.child,
            let main = ProcessHandle(pid: pid, startTime: run.startTime)
        else { return nil }
        // The daemon died before it had noted the start time: the report is of this run, started within a minute.
        if report.exitCode != nil {
            // The service has ended since; what it left behind ends as well.
            main.signal(SIGKILL)
            return nil
        }
        let window = run.spawnedAt...(run.spawnedAt + 60 * UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1)))
        guard run.startTime != nil || window.contains(main.startTime) else { return nil }
        return Live(main: main, launcher: launcher(report, of: main))
    }

    /// The waiting process, which is older than the one it waits for.
    static func launcher(_ report: StatusReport, of main: ProcessHandle) -> ProcessHandle? {
        guard let pid = report.launcher, let handle = ProcessHandle(pid: pid), handle.startTime <= main.startTime else {
            return nil
        }
        return handle
    }
}
