/// A branch that is checked out, at one moment.
package struct BranchTip: Sendable, Equatable {
    /// The top of the work tree.
    package var workTree: String
    /// The full ref, such as `refs/heads/main`.
    package var branch: String
    package var commit: String

    package init(workTree: String, branch: String, commit: String) {
        self.workTree = workTree
        self.branch = branch
        self.commit = commit
    }
}

/// Moving a checked-out branch from one commit to a later one, work tree and index with it.
///
/// Recorded before it is begun, so that whoever finds it half done can finish it (decision 17).
package struct BranchMove: Sendable, Equatable, Codable {
    /// The top of the work tree.
    package var workTree: String
    /// The full ref, such as `refs/heads/main`.
    package var branch: String
    package var old: String
    package var new: String

    package init(from tip: BranchTip, to new: String) {
        workTree = tip.workTree
        branch = tip.branch
        old = tip.commit
        self.new = new
    }
}
