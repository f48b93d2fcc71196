/// The body of every refusal (agent-api.md §1).
package struct ErrorBody: Sendable, Codable, Equatable {
    /// A text for people or one of the codes named in the specification.
    package var error: String
    package var message: String?
    /// The turn that is in the way, with `completion_in_progress`.
    package var completionID: String?
    /// The files in conflict, with `conflict`.
    package var files: [String]?

    package init(_ error: String, message: String? = nil, completionID: String? = nil, files: [String]? = nil) {
        self.error = error
        self.message = message
        self.completionID = completionID
        self.files = files
    }

    private enum CodingKeys: String, CodingKey {
        case error, message, files
        case completionID = "completionId"
    }

    package static let completionInProgress = "completion_in_progress"
    package static let noActiveCompletion = "no_active_completion"
    package static let conflict = "conflict"
    package static let invalidParent = "invalid_parent"
    package static let notGitRepository = "not_git_repo"
    package static let parentMismatch = "parent_mismatch"
    package static let noCommits = "no_commits"
    /// The file is not the one the writer had read.
    package static let versionConflict = "version_conflict"
}
