import Foundation

extension Git {
    /// The environment for work in a repository that belongs to a user.
    ///
    /// A root daemon works as the owner of the repository, so that what git writes there stays the owner's. The
    /// owner's settings for content hold; filters that only the repository's own configuration names are switched off,
    /// because a repository someone unpacked must not run programs here (its files then pass unfiltered).
    func userEnvironment(for directory: String) async throws(GitError) -> GitEnvironment {
        let account = Account.owning(directory)
        var environment = isolated
        environment.account = account.switched
        environment.variables["HOME"] = account.home ?? inherited["HOME"]
        environment.variables["XDG_CONFIG_HOME"] = account.switched == nil ? inherited["XDG_CONFIG_HOME"] : nil
        // Settings carry what the file says: another user may be unable to read it.
        environment.variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
        environment.variables["GIT_ATTR_NOSYSTEM"] = nil
        environment.settings.removeAll { $0.key == "core.attributesFile" }
        let user = try await userConfiguration(of: account)
        let names = try await run(
            GitInvocation(
                arguments: ["config", "-z", "--name-only", "--get-regexp", "^filter\\."],
                directory: directory,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        let foreign = Set(names.fields.compactMap { filterName(ofKey: String(decoding: $0, as: UTF8.self)) })
        for name in foreign.sorted() {
            environment.settings += ["clean", "smudge", "process"].map { ("filter.\(name).\($0)", "") }
            environment.settings.append(("filter.\(name).required", "false"))
        }
        environment.settings += user.settings
        return environment
    }

    /// The identity for commits in `directory`: of the user it belongs to, else ``GitIdentity/fallback``.
    package func identity(for directory: String) async throws(GitError) -> GitIdentity {
        try await userConfiguration(of: .owning(directory)).identity ?? .fallback
    }

    private func userConfiguration(of account: Account) async throws(GitError) -> UserConfiguration {
        try await users.configuration(of: account.userID) { () async throws(GitError) -> UserConfiguration in
            var environment = GitEnvironment.network(inherited: inherited)
            environment.account = account.switched
            if account.switched != nil {
                environment.variables["HOME"] = account.home
                environment.variables["XDG_CONFIG_HOME"] = nil
            }
            environment.settings = []
            let output = try await succeed(
                GitInvocation(
                    arguments: ["config", "--list", "-z", "--includes"],
                    directory: "/",
                    environment: environment,
                    deadline: .seconds(15)
                )
            )
            return UserConfiguration(fields: output.fields)
        }
    }
}

/// Whose repository a folder is.
private struct Account {
    var userID: UInt32
    /// Set when git has to become that user first.
    var switched: GitEnvironment.Account?
    var home: String?

    static func owning(_ path: String) -> Account {
        var status = stat()
        let own = geteuid()
        guard own == 0, stat(path, &status) == 0, status.st_uid != 0 else { return Account(userID: own) }
        let home = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_dir) }
        return Account(
            userID: status.st_uid,
            switched: GitEnvironment.Account(userID: status.st_uid, groupID: status.st_gid),
            home: home ?? "/"
        )
    }
}
