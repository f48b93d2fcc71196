import OctobotModel

/// How bringing commits back ended, and what to tell people.
struct CommitResult: Sendable {
    var outcome: CommitOutcome
    var message: String?
    /// The target's new HEAD.
    var applied: String?

    init(_ outcome: CommitOutcome, _ message: String? = nil, applied: String? = nil) {
        self.outcome = outcome
        self.message = message
        self.applied = applied
    }
}
