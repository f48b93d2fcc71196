import OctobotModel

/// What runs jobs of one type.
protocol JobExecutor: Sendable {
    var type: JobType { get }

    /// How long one attempt may take.
    var limit: Duration { get }

    /// Does the job's work.
    ///
    /// The work must be safe to repeat: a crash leaves it half done and the next attempt starts over.
    /// - Throws: ``JobFailure``; `CancellationError` when the daemon stops, which costs no attempt.
    func execute(_ job: Job) async throws

    /// Called in place of a retry, once, after the last attempt failed; the job's row is still running.
    func gaveUp(_ job: Job, _ failure: JobFailure) async
}
