/// A commit as a history shows it.
package struct CommitRecord: Sendable, Equatable {
    /// The full object name.
    package var name: String
    package var parents: [String]
    /// The first paragraph of the message, on one line.
    package var subject: String
    /// The rest of the message.
    package var body: String
    package var author: GitIdentity
    /// Seconds since 1970.
    package var authoredAt: Int64
    package var committer: GitIdentity
    /// Seconds since 1970.
    package var committedAt: Int64

    /// NUL ends every field, and another one the commit.
    static let format = ["H", "P", "s", "b", "an", "ae", "at", "cn", "ce", "ct"].map { "%\($0)" }.joined(
        separator: "%x00"
    )
    private static let fieldCount = 10

    static func parse(_ bytes: [UInt8]) -> [CommitRecord] {
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, through: fields.count - fieldCount, by: fieldCount).compactMap { start in
            let own = fields[start..<(start + fieldCount)].map(\.self)
            guard Revision.isObjectName(own[0]), let authored = Int64(own[6]), let committed = Int64(own[9]) else {
                return nil
            }
            var body = own[3]
            while body.last?.isNewline == true { body.removeLast() }
            return CommitRecord(
                name: own[0],
                parents: own[1].split(separator: " ").map(String.init),
                subject: own[2],
                body: body,
                author: GitIdentity(name: own[4], email: own[5]),
                authoredAt: authored,
                committer: GitIdentity(name: own[7], email: own[8]),
                committedAt: committed
            )
        }
    }
}

extension WorkTree {
    /// The history of a revision, newest first; empty before the first commit.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``.
    package func log(of revision: String?, limit: Int, skip: Int = 0) async throws(GitError) -> [CommitRecord] {
        let environment = try await git.userEnvironment(for: path)
        let tree = WorkTree(git, path: try await root(environment: environment))
        return try await tree.log(of: revision, limit: limit, skip: skip, environment: environment)
    }

    /// The same of the top of a work tree.
    func log(
        of revision: String?,
        limit: Int,
        skip: Int = 0,
        environment: GitEnvironment
    ) async throws(GitError) -> [CommitRecord] {
        guard let start = try await resolved(revision, environment: environment) else { return [] }
        let output = try await git.succeed(
            GitInvocation(
                arguments: [
                    "log", "-z", "--format=tformat:" + CommitRecord.format, "--no-color", "--no-decorate",
                    "--no-notes", "--no-mailmap", "--no-show-signature", "--no-patch", "--encoding=UTF-8",
                    "--max-count=\(limit)", "--skip=\(skip)", "--end-of-options", start, "--",
                ],
                directory: path,
                environment: environment,
                deadline: .seconds(30)
            )
        )
        return CommitRecord.parse(output.bytes)
    }

    /// The full name of the commit a revision stands for; of HEAD when none is named, and `nil` before the first commit.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``.
    func resolved(_ revision: String?, environment: GitEnvironment) async throws(GitError) -> String? {
        do {
            return try await git.commit(revision ?? "HEAD", in: path, environment: environment)
        } catch {
            guard case .unknownCommit = error, revision == nil else { throw error }
            return nil
        }
    }
}
