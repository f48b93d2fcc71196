import Foundation
import GitCommand
import Logging
import SandboxAgentAPI

extension WorkspaceRepository {
    private static let stagingMark = ".staging-"

    /// Makes the clone, unless there is one; without a mirror the folder stays empty (decision 14).
    ///
    /// The clone is made beside its place and renamed when it is whole, so a kill at any moment leaves either nothing
    /// or all of it. It borrows the mirror's objects and shares no file with it.
    func prepare(mirror: String?, commit: String?) async throws {
        try await git.locks.withLock(directory) {
            try removeLeftovers()
            if let mirror { try await trust(mirror) }
            guard !isRepository else { return try await finishMove() }
            guard try isVacant() else {
                return logger.warning("the workspace is no repository and not empty; it stays as it is")
            }
            guard let mirror else {
                return try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            let staging = directory + Self.stagingMark + UUID().uuidString
            try await makeClone(of: mirror, at: commit, in: staging)
            guard rename(staging, directory) == 0 else {
                throw GitError.fileSystem("cannot rename \(staging) to \(directory): \(errnoText())")
            }
        }
    }

    /// Removes what earlier runs left half made.
    ///
    /// A git that outlived its service may still write there; what cannot be removed now is removed at a later start.
    private func removeLeftovers() throws {
        let files = FileManager.default
        let places = [
            (home, (directory as NSString).lastPathComponent + Self.stagingMark),
            (stateFolder + "/git", WorkSnapshot.prefix),
        ]
        for (folder, prefix) in places {
            for name in try files.contentsOfDirectory(atPath: folder) where name.hasPrefix(prefix) {
                do {
                    try files.removeItem(atPath: folder + "/" + name)
                } catch {
                    logger.warning("a leftover was not removed", metadata: ["path": "\(name)", "error": "\(error)"])
                }
            }
        }
        // Nothing of ours or the agent's runs yet; a lock is one that a killed git left.
        unlink(gitFolder + "/index.lock")
    }

    private func isVacant() throws -> Bool {
        guard FileManager.default.fileExists(atPath: directory) else { return true }
        return try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty
    }

    /// Lets the agent's own git use a mirror that belongs to another user of the host.
    private func trust(_ mirror: String) async throws {
        let file = home + "/.gitconfig"
        let known = try await run(["config", "--file", file, "-z", "--get-all", "safe.directory"], in: "/")
        guard !known.fields.contains(Array(mirror.utf8)) else { return }
        try await succeed(["config", "--file", file, "--add", "safe.directory", mirror], in: "/")
    }

    private func makeClone(of mirror: String, at wanted: String?, in staging: String) async throws {
        try await succeed(
            [
                "clone", "--quiet", "--shared", "--no-checkout", "--origin", "origin", "--template=", "--", mirror,
                staging,
            ],
            in: "/",
            deadline: .seconds(600)
        )
        let start: String?
        if let wanted {
            guard wanted.wholeMatch(of: /[0-9a-f]{40}|[0-9a-f]{64}/) != nil,
                let commit = try await commit(wanted, in: staging)
            else { throw RepositoryFailure.unknownCommit(wanted) }
            start = commit
        } else {
            start = try await commit("HEAD", in: staging)
        }
        try await succeed(["symbolic-ref", "HEAD", Reference.branch], in: staging)
        if let start {
            let updates = [Reference.branch, Reference.base].map { "update \($0) \(start)\n" }.joined()
            try await succeed(["update-ref", "--stdin"], in: staging, input: Array(updates.utf8))
        }
        try await removeOtherBranches(in: staging)
        if start != nil {
            try await succeed(["reset", "--hard", "--quiet"], in: staging, deadline: .seconds(600))
        }
    }

    /// Takes away the branch that cloning made of the mirror's HEAD.
    private func removeOtherBranches(in staging: String) async throws {
        let branches = try await succeed(["for-each-ref", "--format=%(refname)", "refs/heads/"], in: staging)
        for name in branches.line.split(separator: "\n").map(String.init) where name != Reference.branch {
            try await succeed(["update-ref", "-d", name], in: staging)
            let section = "branch." + name.dropFirst("refs/heads/".count)
            _ = try await run(["config", "--local", "--remove-section", section], in: staging)
        }
    }

    // MARK: - Identity

    /// Sets name and address for the commits of the agent and of this service (agent-api.md §3.2).
    func setIdentity(_ identity: AgentGitIdentity) async throws {
        for (key, value) in [("user.name", identity.name), ("user.email", identity.email)] {
            let clean = (value ?? "").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            guard !clean.isEmpty else { continue }
            try await succeed(
                ["config", "--file", home + "/.gitconfig", key, String(String.UnicodeScalarView(clean))],
                in: "/"
            )
        }
    }

    /// The identity the agent's commits would have.
    func identity() async throws -> GitIdentity {
        let output = try await run(
            ["config", "-z", "--get-regexp", "^user\\.(name|email)$"],
            environment: ["GIT_CONFIG_GLOBAL": home + "/.gitconfig"]
        )
        var identity = GitIdentity.fallback
        for field in output.fields {
            let parts = String(decoding: field, as: UTF8.self).split(separator: "\n", maxSplits: 1)
            guard parts.count == 2 else { continue }
            // What a commit object cannot hold is taken out, as git does.
            let value = parts[1].filter { !"<>\n\"".contains($0) }.trimmingCharacters(in: .whitespaces)
            guard !value.isEmpty else { continue }
            if parts[0] == "user.name" { identity.name = value } else { identity.email = value }
        }
        return identity
    }
}
