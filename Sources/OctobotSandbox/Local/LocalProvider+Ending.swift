import Foundation
import Logging
package import OctobotModel
import Synchronization

extension LocalProvider {
    package func remove(_ id: SessionID, data: SandboxData) async throws(SandboxError) {
        try markEnding(id)
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard let entry = entries.withLock({ $0[id] }) else { throw .notFound(id) }
            if entry.isKept, data == .keep { return }
            if let live = entry.live { try await end(live, of: id, grace: .seconds(1)) }
            let name = id.rawValue
            try await blocking { [places, limiting] () throws(SandboxError) in
                limiting.groups?.remove(entry.record.runtime)
                try FolderTree.remove(places.runtime(entry.record.runtime))
                switch data {
                case .keep:
                    try FolderTree.remove(places.kept(name))
                    try Self.move(places.home(name), to: places.kept(name))
                case .delete:
                    try FolderTree.remove(places.home(name))
                    try FolderTree.remove(places.kept(name))
                    // The last thing to go: until then repeating the call finds what is left.
                    try FolderTree.remove(places.record(name))
                }
            }
            entries.withLock { entries in
                switch data {
                case .keep:
                    entries[id]?.isKept = true
                    entries[id]?.record.status = .stopped
                case .delete: entries[id] = nil
                }
            }
            changes.send(SandboxChange(sessionID: id, status: .removed))
        }
    }

    package func restore(_ id: SessionID) async throws(SandboxError) {
        try await locks.withLock(id) { () async throws(SandboxError) in
            if let entry = entries.withLock({ $0[id] }), !entry.isKept { return }
            let name = id.rawValue
            let record = try await blocking { [places] () throws(SandboxError) in
                guard id.isValid, var record = SandboxRecord.read(places.recordFile(name)) else { throw .notFound(id) }
                if !FolderTree.exists(places.home(name)) {
                    guard FolderTree.exists(places.kept(name)) else { throw .notFound(id) }
                    try Self.move(places.kept(name), to: places.home(name))
                }
                record.status = .stopped
                record.error = nil
                record.run = nil
                try record.write(places.recordFile(name))
                return record
            }
            entries.withLock { $0[id] = LocalEntry(record: record) }
            changes.send(SandboxChange(sessionID: id, status: .stopped))
        }
    }

    package func deleteKept(_ id: SessionID) async throws(SandboxError) {
        guard id.isValid else { return }
        try await locks.withLock(id) { () async throws(SandboxError) in
            // In use again.
            if let entry = entries.withLock({ $0[id] }), !entry.isKept { return }
            try await blocking { [places] () throws(SandboxError) in
                try FolderTree.remove(places.kept(id.rawValue))
                try FolderTree.remove(places.record(id.rawValue))
            }
            entries.withLock { $0[id] = nil }
        }
    }

    static func move(_ old: String, to new: String) throws(SandboxError) {
        guard rename(old, new) == 0 else {
            throw .failed("'\(old)' could not be moved to '\(new)': \(errnoText())")
        }
    }

    // MARK: Noticing

    /// What a record found on disk means now.
    func found(_ record: SandboxRecord) -> LocalEntry {
        guard let run = record.run else { return LocalEntry(record: record) }
        let id = record.spec.sessionID.rawValue
        let report = StatusReport(places.statusFile(id))
        if let live = LocalEntry.adopt(run, report: report) {
            var entry = LocalEntry(record: record, live: live)
            entry.record.run?.pid = live.main.pid
            entry.record.run?.startTime = live.main.startTime
            return entry
        }
        var entry = LocalEntry(record: record)
        // Nothing survives the end of the machine's run, which is nobody's failure.
        let isOfThisBoot = run.bootID == ProcessFacts.bootID
        (entry.record.status, entry.record.error) = isOfThisBoot ? ending(of: record) : (.stopped, nil)
        return entry
    }

    /// Notices the end of a sandbox, whoever caused it.
    func follow(_ live: LocalEntry.Live, of id: SessionID) {
        let log = LogLimit(places.log(id.rawValue))
        entries.withLock { $0[id]?.live?.log = log }
        live.main.whenEnded { [weak self] in
            guard let launcher = live.launcher else {
                self?.noticeEnd(of: live.main, id)
                return
            }
            // The exit status is known once the waiting process has reported it and left.
            launcher.whenEnded { [weak self] in self?.noticeEnd(of: live.main, id) }
        }
        // Without its service a sandbox is of no use, whatever else still runs in it.
        live.launcher?.whenEnded { [main = live.main] in main.signal(SIGKILL) }
    }

    private func noticeEnd(of main: ProcessHandle, _ id: SessionID) {
        guard let record = entries.withLock({ $0[id]?.record }) else { return }
        let (status, error) = ending(of: record)
        // On disk nothing changes: a later daemon draws the same conclusion from the same files.
        let change = entries.withLock { entries -> SandboxChange? in
            // An end that was wanted is recorded by whom it was wanted.
            guard var entry = entries[id], entry.live?.main === main, !entry.isEnding else { return nil }
            entry.live = nil
            entry.record.status = status
            entry.record.error = error
            entries[id] = entry
            return entry.change
        }
        guard let change else { return }
        logger.info(
            "Sandbox ended",
            metadata: [
                "session.id": "\(id)", "sandbox.status": "\(change.status.rawValue)", "error": "\(change.error ?? "")",
            ]
        )
        changes.send(change)
    }

    /// Records an end that was caused here; the sandbox's lock is held.
    func note(_ id: SessionID, _ status: SandboxStatus, error: String?) async {
        let entry = entries.withLock { entries -> LocalEntry? in
            guard var entry = entries[id] else { return nil }
            entry.live = nil
            entry.record.status = status
            entry.record.error = error
            entry.record.run = nil
            entries[id] = entry
            return entry
        }
        guard let entry else { return }
        do {
            try await blocking { [places, limiting] () throws(SandboxError) in
                limiting.groups?.remove(entry.record.runtime)
                try entry.record.write(places.recordFile(id.rawValue))
            }
        } catch {
            // What it says is found out again at the next start of the daemon.
            logger.warning("Sandbox record not written", metadata: ["error": "\(error)"])
        }
        changes.send(entry.change)
    }

    private func ending(of record: SandboxRecord) -> (SandboxStatus, String?) {
        let id = record.spec.sessionID.rawValue
        let code = StatusReport(places.statusFile(id)).exitCode
        if code == 0 { return (.stopped, SandboxEnd.stopped) }
        let log = LogTail.lines(of: places.log(id))
        let cause: String
        if let kills = limiting.groups?.outOfMemoryKills(in: record.runtime), kills > 0 {
            let limit = limiting.settings.memoryMegabytes ?? 0
            cause = "The sandbox ran out of memory (limit \(limit) MiB) and was ended (status \(code ?? 137))."
        } else {
            cause = code.map { SandboxEnd.cause(status: $0, log: log) } ?? "The sandbox ended without saying why."
        }
        return (.failed, SandboxEnd.message(cause, log: log))
    }
}
