extension WorkTree {
    /// Brings the branches and tags of every remote up to date, those that are gone removed (`fetch --all --prune`).
    ///
    /// The network is only ever touched by a git that works in our own mirror: settings of the user's repository, which
    /// may come from anywhere, choose no program and no helper (decision 67). From there the refs go on locally.
    ///
    /// - Throws: ``GitError/sourceRefused(_:)`` for a remote whose URL is not allowed.
    package func fetch(through mirror: Mirror) async throws(GitError) {
        let environment = try await git.userEnvironment(for: path)
        let root = try await root(environment: environment)
        let output = try await git.run(
            GitInvocation(
                arguments: ["config", "-z", "--local", "--get-regexp", "^remote\\..*\\.url$"],
                directory: root,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        for remote in Remote.parse(output.fields) {
            guard remote.hasPlainName else { throw .sourceRefused("The remote '\(remote.name)' has an unusual name.") }
            switch GitSource.classify(remote.url) {
            case .refused(let reason): throw .sourceRefused("The remote '\(remote.name)' is not fetched: \(reason)")
            case .url: try await fetchFromNetwork(remote, through: mirror, into: root, environment)
            case .path: try await fetch(remote, from: absolute(remote.url, beneath: root), into: root, environment)
            }
        }
    }

    private func fetchFromNetwork(
        _ remote: Remote,
        through mirror: Mirror,
        into root: String,
        _ environment: GitEnvironment
    ) async throws(GitError) {
        let place = "refs/octobot/remotes/\(remote.name)"
        try await git.locks.withLock(mirror.path) { () async throws(GitError) -> Void in
            try await git.succeed(
                GitInvocation(
                    arguments: Self.fetching + [
                        "--prune", "--end-of-options", remote.url, "+refs/heads/*:\(place)/heads/*",
                        "+refs/tags/*:\(place)/tags/*",
                    ],
                    directory: mirror.path,
                    environment: .network(inherited: git.inherited),
                    deadline: .seconds(120)
                )
            )
        }
        try await fetch(remote, from: mirror.path, place: place, into: root, environment)
    }

    private func fetch(
        _ remote: Remote,
        from source: String,
        place: String = "refs",
        into root: String,
        _ environment: GitEnvironment
    ) async throws(GitError) {
        try await git.locks.withLock(root) { () async throws(GitError) -> Void in
            try await git.succeed(
                GitInvocation(
                    arguments: Self.fetching + [
                        "--prune", "--upload-pack=git-upload-pack", "--end-of-options", source,
                        "+\(place)/heads/*:refs/remotes/\(remote.name)/*",
                    ],
                    directory: root,
                    environment: environment,
                    deadline: .seconds(120)
                )
            )
            // A tag of the user's that stands elsewhere stays where it is; git then ends with 1.
            let tags = GitInvocation(
                arguments: Self.fetching + [
                    "--upload-pack=git-upload-pack", "--end-of-options", source, "\(place)/tags/*:refs/tags/*",
                ],
                directory: root,
                environment: environment,
                deadline: .seconds(120)
            )
            let output = try await git.run(tags)
            guard output.isSuccess || output.status == 1 else {
                throw .commandFailed(command: "fetch", status: output.status, message: output.complaint)
            }
        }
    }

    private func absolute(_ path: String, beneath root: String) -> String {
        path.hasPrefix("/") ? path : "\(root)/\(path)"
    }

    private static let fetching = [
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
        "--no-auto-maintenance", "--no-show-forced-updates",
    ]
}
