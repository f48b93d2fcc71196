/// Why a job's attempt failed.
struct JobFailure: Error {
    var message: String
    /// The finer reason, kept on the job.
    var reason: String?
    /// Whether trying again cannot help.
    var isPermanent: Bool

    init(_ message: String, reason: String? = nil, isPermanent: Bool = false) {
        self.message = message
        self.reason = reason
        self.isPermanent = isPermanent
    }
}
