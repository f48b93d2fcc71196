/// `GET /diff`: the working tree, untracked files included, against the session's base (decision 15).
package struct AgentDiff: Sendable, Codable, Equatable {
    package var files: [AgentFileDiff]
    package var stats: AgentDiffStats
    package init(files: [AgentFileDiff], stats: AgentDiffStats) {
        self.files = files
        self.stats = stats
    }
}

package struct AgentDiffStats: Sendable, Codable, Equatable {
    package var filesChanged: Int
    package var additions: Int
    package var deletions: Int
    package init(filesChanged: Int, additions: Int, deletions: Int) {
        self.filesChanged = filesChanged
        self.additions = additions
        self.deletions = deletions
    }
}

/// One file of a diff.
///
/// With `format=files` only `path`, `status` and `oldPath` are present.
package struct AgentFileDiff: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable {
        case added
        case modified
        case deleted
        case renamed
        /// Only when one file was asked for.
        case unchanged
    }
    package var path: String
    /// Only when it differs from `path`.
    package var oldPath: String?
    package var status: Status
    package var additions: Int?
    package var deletions: Int?
    package var binary: Bool?
    package var patch: String?

    package init(
        path: String,
        oldPath: String? = nil,
        status: Status,
        additions: Int? = nil,
        deletions: Int? = nil,
        binary: Bool? = nil,
        patch: String? = nil
    ) {
        self.path = path
        self.oldPath = oldPath
        self.status = status
        self.additions = additions
        self.deletions = deletions
        self.binary = binary
        self.patch = patch
    }
}

/// `GET /commits?parent=`: the session's commits as one mailbox.
package struct CommitPatches: Sendable, Codable, Equatable {
    package var patches: String
    package var commitCount: Int
    /// `base64` when the patches are not UTF-8; absent means text.
    package var encoding: String?
    package init(patches: String, commitCount: Int, encoding: String? = nil) {
        self.patches = patches
        self.commitCount = commitCount
        self.encoding = encoding
    }
}

/// `POST /commits`: commit what is uncommitted and rebase onto a commit (decision 16).
package struct CommitWork: Sendable, Codable, Equatable {
    package var onto: String
    package var message: String?
    package init(onto: String, message: String? = nil) {
        self.onto = onto
        self.message = message
    }
}

/// The 200 of `POST /commits`.
package struct WorkCommitted: Sendable, Codable, Equatable {
    package var head: String
    package var commitCount: Int
    package init(head: String, commitCount: Int) {
        self.head = head
        self.commitCount = commitCount
    }
}

/// `POST /commits/base`: base and branch move to a commit that contains the session's work.
package struct MoveBase: Sendable, Codable, Equatable {
    package var commit: String
    package init(commit: String) { self.commit = commit }
}
