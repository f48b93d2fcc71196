import Foundation

extension Mirror {
    /// Makes the commits of a series on top of `base`, in the mirror alone: no work tree is involved.
    ///
    /// What `git am` does, without its fallbacks: every patch must fit exactly, hooks and filters have no part in it.
    /// - Parameter committer: Stands in the commits beside the authors the patches name.
    /// - Returns: The last commit made.
    /// - Throws: ``GitError/patchRefused(_:)`` naming the patch and what is wrong with it.
    package func apply(
        _ series: PatchSeries,
        onto base: String,
        committer: GitIdentity
    ) async throws(GitError) -> String {
        try await git.locks.withLock(path) { () async throws(GitError) -> String in
            let base = try await git.commit(base, in: path, environment: git.isolated)
            let scratch = try Scratch(for: git.isolated)
            defer { scratch.remove() }
            let mails = try await split(series, in: scratch)
            let index = scratch.path + "/index"
            try await succeed(["read-tree", base], ["GIT_INDEX_FILE": index])
            var parent = base
            for (number, mail) in mails.enumerated() {
                let commit = try await apply(mail, number: number + 1, onto: parent, scratch, index, committer)
                try await check(from: parent, to: commit)
                parent = commit
            }
            return parent
        }
    }

    private func split(_ series: PatchSeries, in scratch: Scratch) async throws(GitError) -> [[UInt8]] {
        let folder = scratch.path + "/mails"
        guard mkdir(folder, 0o700) == 0 else { throw .fileSystem("cannot create \(folder)") }
        let output = try await run(["mailsplit", "--keep-cr", "-d6", "-o" + folder], input: series.mailbox)
        guard output.isSuccess, let count = Int(output.line) else {
            throw .patchRefused("The patches are no mailbox.")
        }
        guard count == series.count else {
            throw .patchRefused("There should be \(series.count) patches, but there are \(count).")
        }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
                Array(try Data(contentsOf: URL(filePath: folder + "/" + name)))
            }
        } catch {
            throw .fileSystem("cannot read \(folder): \(error.localizedDescription)")
        }
    }

    private func apply(
        _ mail: [UInt8],
        number: Int,
        onto parent: String,
        _ scratch: Scratch,
        _ index: String,
        _ committer: GitIdentity
    ) async throws(GitError) -> String {
        let (message, patch) = (scratch.path + "/message", scratch.path + "/patch")
        let info = try await run(
            ["mailinfo", "-b", "--no-scissors", "--no-inbody-headers", message, patch],
            input: mail
        )
        guard info.isSuccess else { throw .patchRefused("Patch \(number) is no mail: \(info.complaint)") }
        let mailInfo = MailInfo(info)
        // The limit is git's own and keeps a patch that inflates to gigabytes from filling memory.
        let applied = try await run(
            ["apply", "--cached", "--allow-empty", "--whitespace=nowarn", "--", patch],
            ["GIT_INDEX_FILE": index, "GIT_ALLOC_LIMIT": "512m"]
        )
        guard applied.isSuccess else {
            throw .patchRefused("Patch \(number) (\(mailInfo.subject)) does not apply: \(applied.complaint)")
        }
        let tree = try await succeed(["write-tree"], ["GIT_INDEX_FILE": index])
        let variables = committer.committerVariables.merging(mailInfo.variables) { $1 }
        let commit = try await run(
            ["commit-tree", "-p", parent, "-F", "-", tree.line],
            variables,
            input: try text(of: mailInfo, body: message)
        )
        guard commit.isSuccess else {
            throw .patchRefused("Patch \(number) (\(mailInfo.subject)) makes no commit: \(commit.complaint)")
        }
        return commit.line
    }

    private func text(of info: MailInfo, body path: String) throws(GitError) -> [UInt8] {
        let body: Data
        do {
            body = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .fileSystem("cannot read \(path): \(error.localizedDescription)")
        }
        let subject = info.subject.isEmpty ? "Changes from a session" : info.subject
        let text = subject + "\n\n" + String(decoding: body, as: UTF8.self)
        return Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8) + [UInt8(ascii: "\n")]
    }

    private func check(from parent: String, to commit: String) async throws(GitError) {
        for change in try await git.changes(from: parent, to: commit, in: path, environment: git.isolated) {
            if let reason = ChangeRules.objection(toPath: change.path) {
                throw .patchRefused("'\(change.name)' \(reason).")
            }
            if change.new?.isSubmodule == true || change.old?.isSubmodule == true {
                throw .patchRefused("'\(change.name)' is a submodule; changes of submodules are not brought back.")
            }
            guard let link = change.new, link.isSymbolicLink else { continue }
            let target = try await succeed(["cat-file", "blob", link.object], limit: 1 << 16)
            if let reason = ChangeRules.objection(toLink: change.path, target: target.bytes) {
                throw .patchRefused("'\(change.name)' \(reason).")
            }
        }
    }

    private func run(
        _ arguments: [String],
        _ variables: [String: String] = [:],
        input: [UInt8] = [],
        limit: Int = 32 << 20
    ) async throws(GitError) -> GitOutput {
        try await git.run(
            GitInvocation(
                arguments: arguments,
                directory: path,
                environment: git.isolated.adding(variables),
                input: input,
                limit: limit,
                deadline: .seconds(120)
            )
        )
    }

    @discardableResult
    private func succeed(
        _ arguments: [String],
        _ variables: [String: String] = [:],
        limit: Int = 32 << 20
    ) async throws(GitError) -> GitOutput {
        let output = try await run(arguments, variables, limit: limit)
        guard output.isSuccess else {
            throw .commandFailed(command: arguments[0], status: output.status, message: output.complaint)
        }
        return output
    }
}
