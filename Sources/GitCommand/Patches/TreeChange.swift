/// One path that differs between two commits.
struct TreeChange: Sendable, Equatable {
    /// What stands at a path.
    struct Entry: Sendable, Equatable {
        /// Octal, as git writes it: `100644`, `100755`, `120000`, `160000`.
        var mode: String
        var object: String

        var isSymbolicLink: Bool { mode == "120000" }
        var isSubmodule: Bool { mode == "160000" }
    }

    /// Relative to the repository; file names are bytes.
    var path: [UInt8]
    /// `nil` where the path is new.
    var old: Entry?
    /// `nil` where the path is gone.
    var new: Entry?

    /// The path for people.
    var name: String { String(decoding: path, as: UTF8.self) }

    /// Reads `git diff-tree -z --raw --no-renames` and its relatives.
    static func parse(_ fields: [[UInt8]]) -> [TreeChange] {
        stride(from: 0, to: fields.count - 1, by: 2).compactMap { index in
            let words = String(decoding: fields[index].dropFirst(), as: UTF8.self).split(separator: " ").map(
                String.init
            )
            guard words.count == 5 else { return nil }
            return TreeChange(
                path: fields[index + 1],
                old: words[0] == "000000" ? nil : Entry(mode: words[0], object: words[2]),
                new: words[1] == "000000" ? nil : Entry(mode: words[1], object: words[3])
            )
        }
    }
}

extension Git {
    /// What differs between two commits; renames count as one path gone and one new.
    func changes(
        from old: String,
        to new: String,
        in directory: String,
        environment: GitEnvironment
    ) async throws(GitError) -> [TreeChange] {
        let output = try await succeed(
            GitInvocation(
                arguments: [
                    "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff",
                    "--end-of-options",
                    try Revision.checked(old), try Revision.checked(new),
                ],
                directory: directory,
                environment: environment,
                deadline: .seconds(60)
            )
        )
        return TreeChange.parse(output.fields)
    }
}
