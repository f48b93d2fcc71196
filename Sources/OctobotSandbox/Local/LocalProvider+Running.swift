import Foundation
import Logging
import NIOCore
import NIOPosix
package import OctobotModel
import Synchronization

extension LocalProvider {
    package func start(_ id: SessionID) async throws(SandboxError) {
        let tools = try await probe.check()
        try await locks.withLock(id) { () async throws(SandboxError) in
            let record = try entries.withLock { entries throws(SandboxError) in
                guard let entry = entries[id], !entry.isKept else { throw .notFound(id) }
                guard entry.live == nil else { throw .alreadyRunning(id) }
                entries[id]?.isEnding = false
                entries[id]?.isStarting = true
                return entry.record
            }
            defer { entries.withLock { $0[id]?.isStarting = false } }
            let started = try await blocking { [self] () throws(SandboxError) in try launch(record, tools) }
            entries.withLock { $0[id]?.record = started }
            do throws(SandboxError) {
                let live = try await ready(started)
                entries.withLock { $0[id]?.live = live }
                follow(live, of: id)
                changes.send(SandboxChange(sessionID: id, status: .running))
            } catch {
                await note(id, .failed, error: "\(error)".split(separator: "\n").first.map(String.init))
                throw error
            }
        }
    }

    package func stop(_ id: SessionID, grace: Duration) async throws(SandboxError) {
        try markEnding(id)
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard let live = entries.withLock({ $0[id]?.live }) else { throw .notRunning(id) }
            try await end(live, of: id, grace: grace)
        }
    }

    /// Makes a start under way give up, and what follows a wanted end.
    func markEnding(_ id: SessionID) throws(SandboxError) {
        try entries.withLock { entries throws(SandboxError) in
            guard entries[id] != nil else { throw .notFound(id) }
            entries[id]?.isEnding = true
        }
    }

    /// Ends a sandbox: its service is asked, then everything in it is killed with its first process.
    func end(_ live: LocalEntry.Live, of id: SessionID, grace: Duration) async throws(SandboxError) {
        entries.withLock { $0[id]?.isEnding = true }
        live.terminate()
        await live.service.waitForEnd(atMost: grace)
        live.main.signal(SIGKILL)
        let session = configuration.isolationIsOff ? live.main.pid : nil
        if await !live.main.waitForEnd(atMost: .seconds(10)) {
            throw .failed("The sandbox of session '\(id)' does not end, not even when it is killed.")
        }
        // Without a pid namespace nothing else ends with it.
        if let session { Self.killSession(session) }
        await note(id, .stopped, error: nil)
    }

    // MARK: Starting

    /// Starts the processes.
    ///
    /// - Returns: The record with the start on disk.
    private func launch(_ record: SandboxRecord, _ tools: Launch.Tools) throws(SandboxError) -> SandboxRecord {
        let id = record.spec.sessionID.rawValue
        // A daemon that died in the middle of a start may have left a sandbox nobody knows of.
        if let run = record.run, let stray = LocalEntry.adopt(run, report: StatusReport(places.statusFile(id))) {
            stray.main.signal(SIGKILL)
        }
        try prepare(record)
        try limiting.groups?.make(record.runtime, limiting.settings)
        let (command, environment) = try plan(for: record, tools)
        unlink(places.socket(record.runtime))
        unlink(places.log(id))
        unlink(places.statusFile(id))
        var record = record
        record.isolationNotes = configuration.isolationNotes
        record.run = .init(bootID: ProcessFacts.bootID, spawnedAt: ProcessFacts.now)
        // Before the start: else a daemon that dies now would not know of it.
        try record.write(places.recordFile(id))
        do {
            let pid = try ChildProcess.start(
                command,
                environment: environment,
                log: places.log(id),
                report: places.statusFile(id)
            )
            // It only forks and leaves.
            ChildProcess.wait(for: pid)
        } catch {
            throw .startFailed(message: "The sandbox could not be started: \(error.description)", log: "")
        }
        return record
    }

    /// Waits until the agent accepts connections.
    private func ready(_ record: SandboxRecord) async throws(SandboxError) -> LocalEntry.Live {
        let id = record.spec.sessionID
        let begin = ContinuousClock.now
        let socket = places.socket(record.runtime)
        var launcher: ProcessHandle?
        var main: ProcessHandle?
        do throws(SandboxError) {
            while true {
                let report = StatusReport(places.statusFile(id.rawValue))
                // Looked at before the end is looked for: what ended did not begin to listen afterwards.
                let isUp = main != nil ? await Self.accepts(socket) : false
                if let main, isUp { return .init(main: main, launcher: launcher) }
                if launcher == nil, main == nil, let pid = report.launcher { launcher = ProcessHandle(pid: pid) }
                if main == nil, let pid = report.child {
                    main = ProcessHandle(pid: pid)
                    if let main { try await noteProcess(main, of: id) }
                }
                let waited = begin.duration(to: .now)
                if hasEnded(main, launcher, report, waited) { throw failure(of: record, report) }
                // Not before the first process inside is known: without it nothing of the sandbox can be ended.
                if main != nil || waited > .seconds(5) {
                    if entries.withLock({ $0[id]?.isEnding ?? true }) {
                        throw SandboxError.startFailed(message: "The sandbox was stopped while it started.", log: "")
                    }
                    if Task.isCancelled { throw SandboxError.failed("The start was cancelled.") }
                    if waited > configuration.startLimit { throw tooSlow(record) }
                }
                await Self.pause(after: waited)
            }
        } catch {
            main?.signal(SIGKILL)
            launcher?.signal(SIGKILL)
            if configuration.isolationIsOff, let main { Self.killSession(main.pid) }
            await main?.waitForEnd(atMost: .seconds(5))
            throw error
        }
    }

    /// Waits until it is time to look again: close to the event when it comes early, cheaply when it comes late.
    private static func pause(after waited: Duration) async {
        let nanoseconds = Int64(max(min(waited / .milliseconds(1) * 50_000, 250_000_000), 5_000_000))
        let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .nanoseconds(nanoseconds)) {}
        do {
            try await timer.futureResult.get()
        } catch {
            // The loop is being shut down with the process.
            return
        }
    }

    private func hasEnded(
        _ main: ProcessHandle?,
        _ launcher: ProcessHandle?,
        _ report: StatusReport,
        _ waited: Duration
    ) -> Bool {
        // Something the service started may outlive it, and its namespace's first process with it.
        if let main { return main.hasEnded || launcher?.hasEnded == true }
        if report.child != nil || report.exitCode != nil { return true }
        if let launcher { return launcher.hasEnded }
        // Nothing was reported that is there to be looked at: neither was anything started.
        return report.launcher != nil || waited > .seconds(5)
    }

    private func failure(of record: SandboxRecord, _ report: StatusReport) -> SandboxError {
        let id = record.spec.sessionID.rawValue
        let log = LogTail.lines(of: places.log(id))
        let code = report.exitCode ?? StatusReport(places.statusFile(id)).exitCode
        var message = "The sandbox ended while it started"
        if let code { message += ", with status \(code)" }
        if let last = log.split(separator: "\n").last { message += ": \(last.prefix(300))" } else { message += "." }
        return .startFailed(message: message, log: log)
    }

    private func tooSlow(_ record: SandboxRecord) -> SandboxError {
        .startFailed(
            message: "The sandbox's agent did not listen within \(configuration.startLimit.components.seconds) s.",
            log: LogTail.lines(of: places.log(record.spec.sessionID.rawValue))
        )
    }

    /// Whether something accepts connections on the socket.
    private static func accepts(_ socket: String) async -> Bool {
        guard AgentEndpoint.socket(socket).isPlausible else { return false }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket).get()
            try await channel.close()
            return true
        } catch {
            // Not yet is the expected answer.
            return false
        }
    }

    private func noteProcess(_ main: ProcessHandle, of id: SessionID) async throws(SandboxError) {
        let record = entries.withLock { entries in
            entries[id]?.record.run?.pid = main.pid
            entries[id]?.record.run?.startTime = main.startTime
            return entries[id]?.record
        }
        guard let record else { return }
        try await blocking { [places] () throws(SandboxError) in
            try record.write(places.recordFile(id.rawValue))
        }
    }

    static func killSession(_ session: pid_t) {
        // Twice, because one that is forking may have been missed.
        for _ in 0..<2 {
            for process in ProcessFacts.members(ofSession: session) { process.signal(SIGKILL) }
        }
    }
}
