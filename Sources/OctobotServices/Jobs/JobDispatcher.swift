import Logging
import OctobotModel
import OctobotStore
import ServiceLifecycle

/// Claims jobs and runs them: one at a time per resource, a few per type (decision 54).
package actor JobDispatcher: Service {
    private let ledger: Ledger
    private let executors: [JobType: any JobExecutor]
    private let instance: String
    private let logger: Logger
    private let jobs: RunningJobs
    private var running: [JobType: Int] = [:]

    init(ledger: Ledger, executors: [any JobExecutor], jobs: RunningJobs, instance: String, logger: Logger) {
        self.ledger = ledger
        self.jobs = jobs
        self.executors = Dictionary(uniqueKeysWithValues: executors.map { ($0.type, $0) })
        self.instance = instance
        self.logger = logger
    }

    /// How many jobs of a type run at once.
    private static func limit(of type: JobType) -> Int {
        switch type {
        case .workspaceInit: 2
        case .sessionInit, .sessionDelete, .sessionCommit: 4
        }
    }

    package func run() async throws {
        let bell = ledger.bells.listen(to: .jobs)
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { group in
                    while !Task.isCancelled {
                        var moment = Timestamp.now
                        let due: Timestamp?
                        do {
                            while let job = try await self.claim(at: moment) {
                                group.addTask { await self.execute(job) }
                                moment = .now
                            }
                            // What was due by then waits for a running job, whose end rings the bell; only later ones need
                            // a timer.
                            due = try await self.ledger.read { [moment] in try $0.nextScheduledJob(after: moment) }
                        } catch {
                            try Task.checkCancellation()
                            // A full disk or a failing one must not end the daemon: it may pass.
                            self.logger.error("Jobs not claimed", metadata: ["error": "\(error)"])
                            try await bell.wait(atMost: .seconds(1))
                            continue
                        }
                        if let due {
                            let wait = max(0, due.milliseconds - Timestamp.now.milliseconds)
                            try await bell.wait(atMost: .milliseconds(wait + 1))
                        } else {
                            try await bell.wait()
                        }
                    }
                }
            }
        } catch is CancellationError {
            // That is how it stops.
        }
    }

    private func claim(at moment: Timestamp) async throws -> Job? {
        let free = executors.keys.filter { running[$0, default: 0] < Self.limit(of: $0) }
        guard !free.isEmpty else { return nil }
        let instance = instance
        let job = try await ledger.write { transaction, _ in
            try transaction.claimJob(types: free, instance: instance, now: moment)
        }
        if let job { running[job.type, default: 0] += 1 }
        return job
    }

    private func execute(_ job: Job) async {
        let outcome = await attempt(job)
        var pause = Duration.milliseconds(200)
        // Tried even while the daemon stops, on a task that no cancellation reaches; tried again only while it lives,
        // because the next start voids the claim.
        while !(await Task { await record(outcome, of: job) }.value) {
            do { try await Task.sleep(for: pause) } catch { break }  // ok: back-off after a failed write
            pause = min(pause * 2, .seconds(30))
        }
        running[job.type, default: 1] -= 1
        ledger.bells.ring(.jobs)
    }

    private enum Outcome {
        case completed
        case failed(JobFailure)
        /// The daemon stops.
        case interrupted
        /// This job was asked to give up.
        case cancelled
    }

    private nonisolated func attempt(_ job: Job) async -> Outcome {
        guard let executor = executors[job.type] else {
            return .failed(JobFailure("No executor for \(job.type.rawValue).", isPermanent: true))
        }
        let work = Task { try await withDeadline(executor.limit) { try await executor.execute(job) } }
        jobs.begin(job.id) { work.cancel() }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        let isUnwanted = jobs.end(job.id)
        do {
            try result.get()
            return .completed
        } catch  where isUnwanted {
            return .cancelled
        } catch let failure as JobFailure {
            return .failed(failure)
        } catch let fault as Fault where fault.kind == .cancelled && Task.isCancelled {
            return .interrupted
        } catch let fault as Fault {
            return .failed(JobFailure(fault.message, reason: fault.reason))
        } catch is CancellationError where Task.isCancelled {
            return .interrupted
        } catch is DeadlinePassed {
            return .failed(JobFailure("Took longer than \(executor.limit).", reason: "deadline"))
        } catch {
            logger.error("Job failed", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
            return .failed(JobFailure("Internal error.", reason: "internal"))
        }
    }

    /// - Returns: Whether the store has it.
    private nonisolated func record(_ outcome: Outcome, of job: Job) async -> Bool {
        do {
            switch outcome {
            case .completed:
                try await ledger.write { transaction, wakes in
                    guard let job = try transaction.completeJob(job.id) else { return }
                    try transaction.publish(job, &wakes)
                }
            case .interrupted:
                let instance = instance
                try await ledger.write { transaction, wakes in
                    try transaction.releaseJob(job.id, instance: instance)
                    wakes.ring(.jobs)
                }
            case .cancelled:
                try await ledger.write { transaction, wakes in
                    guard let job = try transaction.endCancelledJob(job.id) else { return }
                    try transaction.giveUp(job, &wakes)
                    try transaction.publish(job, &wakes)
                }
            case .failed(let failure):
                let isLast = failure.isPermanent || job.attempts >= job.maxAttempts
                if isLast { try await executors[job.type]?.gaveUp(job, failure) }
                let retryAt = isLast ? nil : Self.retry(after: job.attempts)
                logger.info(
                    "Job attempt failed",
                    metadata: [
                        "job.id": "\(job.id)", "job.type": "\(job.type.rawValue)", "error": "\(failure.message)",
                    ]
                )
                try await ledger.write { transaction, wakes in
                    let failed = try transaction.failJob(
                        job.id,
                        error: failure.message,
                        reason: failure.reason,
                        retryAt: retryAt
                    )
                    if let failed, failed.status.isTerminal { try transaction.publish(failed, &wakes) }
                    wakes.ring(.jobs)
                }
            }
            return true
        } catch {
            logger.error("Job outcome not recorded", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
            return false
        }
    }

    /// Exponential back-off with jitter: 1, 2, 4 … seconds, at most 5 minutes, each up to half longer.
    private static func retry(after attempts: Int) -> Timestamp {
        let base = min(300.0, Double(1 << min(max(attempts - 1, 0), 10)))
        return Timestamp.now.advanced(by: .seconds(base * Double.random(in: 1...1.5)))
    }
}
