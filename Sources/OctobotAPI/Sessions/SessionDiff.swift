/// What a session changed, file by file (rest-api.md §14).
package struct SessionDiff: Codable, Sendable, Equatable {
    package var files: [FileDiff]
    package var stats: Statistics

    package init(files: [FileDiff], stats: Statistics) {
        self.files = files
        self.stats = stats
    }

    /// One changed file; counts and patch are left out with `format: files`.
    package struct FileDiff: Codable, Sendable, Equatable {
        /// How a file differs.
        package enum Status: String, Sendable, Codable, CaseIterable {
            case added, modified, deleted, renamed
            /// Only for a file that was asked for by its path.
            case unchanged
        }

        package var path: String
        /// Where the file was, when it differs from `path`.
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

    /// The sum over all files.
    package struct Statistics: Codable, Sendable, Equatable {
        package var filesChanged: Int
        package var additions: Int
        package var deletions: Int

        package init(filesChanged: Int, additions: Int, deletions: Int) {
            self.filesChanged = filesChanged
            self.additions = additions
            self.deletions = deletions
        }
    }
}

extension SessionDiff: ComponentDescribing {
    package static let schemaName = "SessionDiff"
    package static let definition = JSONSchema.record(
        .required("files", .array(of: .reference(to: FileDiff.self)), "The files that differ, tracked ones first."),
        .required(
            "stats",
            .record(
                .required("filesChanged", .count, "How many files differ."),
                .required("additions", .count, "Lines added."),
                .required("deletions", .count, "Lines removed.")
            ),
            "The sum over all files."
        )
    )

    package static let example = SessionDiff(
        files: [
            FileDiff(
                path: "notes/plan.txt",
                status: .added,
                additions: 1,
                deletions: 0,
                binary: false,
                patch: "@@ -0,0 +1 @@\n+forty-two\n"
            )
        ],
        stats: Statistics(filesChanged: 1, additions: 1, deletions: 0)
    )
}

extension SessionDiff.FileDiff: ComponentDescribing {
    package static let schemaName = "FileDiff"
    package static let definition = JSONSchema.record(
        .required("path", .string(1...4096), "Relative to the repository."),
        .optional("oldPath", .string(1...4096), "Where the file was, when renamed."),
        .required("status", .enumeration(of: Status.self), "How it differs."),
        .optional("additions", .count, "Lines added."),
        .optional("deletions", .count, "Lines removed."),
        .optional("binary", .boolean, "Whether it has no lines to compare."),
        .optional("patch", .string, "The difference in unified format; absent when it is too large.")
    )
}
