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

    /// Called in place of a retry after the last attempt failed; the job's row is still running.
    ///
    /// Called again, later, when this or recording the job's end throws.
    func gaveUp(_ job: Job, _ failure: JobFailure) async throws
}
