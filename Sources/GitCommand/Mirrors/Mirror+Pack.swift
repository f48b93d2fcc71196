extension Mirror {
    /// The objects a repository that has `old` needs for `new`, as a pack.
    ///
    /// Handed over as bytes, because whoever owns the target may be unable to read the mirror.
    package func pack(from old: String, to new: String) async throws(GitError) -> [UInt8] {
        try await git.succeed(
            GitInvocation(
                arguments: ["pack-objects", "--quiet", "--revs", "--stdout", "--delta-base-offset"],
                directory: path,
                environment: git.isolated,
                input: Array("\(try Revision.checked(new))\n^\(try Revision.checked(old))\n".utf8),
                limit: 256 << 20,
                deadline: .seconds(120)
            )
        ).bytes
    }
}
