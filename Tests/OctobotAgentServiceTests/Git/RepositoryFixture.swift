import Foundation
import Logging
import OctobotTestSupport

@testable import OctobotAgentService

/// A repository of a user, its bare mirror, and the home of a sandbox that gets a clone of it.
struct RepositoryFixture: Sendable {
    let folder: URL

    var origin: String { folder.path + "/origin" }
    var mirror: String { folder.path + "/mirror.git" }
    var home: String { folder.path + "/home" }
    var workspace: String { home + "/workspace" }

    /// - Parameter files: what the first commit holds.
    static func run<Result>(
        files: [String: String] = ["a.txt": "one\ntwo\nthree\n", "sub/b.txt": "b\n"],
        _ body: (RepositoryFixture) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let fixture = RepositoryFixture(folder: folder)
            let manager = FileManager.default
            try manager.createDirectory(atPath: fixture.home + "/.octobot", withIntermediateDirectories: true)
            try manager.createDirectory(atPath: fixture.origin, withIntermediateDirectories: true)
            try await fixture.git("init", "--quiet", "--initial-branch=main", in: fixture.origin)
            for (path, text) in files { try fixture.write(text, to: path, in: fixture.origin) }
            try await fixture.git("add", "--all", in: fixture.origin)
            try await fixture.git("commit", "--quiet", "--allow-empty", "-m", "first", in: fixture.origin)
            try await fixture.git("clone", "--quiet", "--mirror", fixture.origin, fixture.mirror, in: folder.path)
            return try await body(fixture)
        }
    }

    /// A repository object on the home, as a start of the service makes one.
    func makeRepository() throws -> WorkspaceRepository {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try WorkspaceRepository(
            directory: workspace,
            home: home,
            stateFolder: home + "/.octobot",
            logger: logger
        )
    }

    /// The clone at the mirror's HEAD.
    func prepared() async throws -> WorkspaceRepository {
        let repository = try makeRepository()
        try await repository.prepare(mirror: mirror, commit: try await head(of: mirror))
        return repository
    }

    func head(of folder: String) async throws -> String { try await git("rev-parse", "HEAD", in: folder) }

    /// Commits to the user's repository and brings the mirror up to date; gives the new commit.
    func commitOutside(_ files: [String: String], _ message: String = "outside") async throws -> String {
        for (path, text) in files { try write(text, to: path, in: origin) }
        try await git("add", "--all", in: origin)
        try await git("commit", "--quiet", "-m", message, in: origin)
        try await git("fetch", "--quiet", "origin", in: mirror)
        return try await head(of: origin)
    }

    func write(_ text: String, to path: String, in folder: String? = nil) throws {
        let url = URL(filePath: (folder ?? workspace) + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// The text of a file of the clone, `nil` when it is not there.
    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: workspace + "/" + path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Everything that tells whether the clone changed: branch, index, files.
    func state() async throws -> [String] {
        [
            try await git("rev-parse", "HEAD", "refs/octobot/base", in: workspace),
            try await git("symbolic-ref", "HEAD", in: workspace),
            try await git("status", "--porcelain=v2", "--untracked-files=all", in: workspace),
            try await git("diff", "HEAD", in: workspace),
        ]
    }

    /// Runs git as a person would, and gives its output.
    @discardableResult
    func git(_ arguments: String..., in folder: String) async throws -> String {
        try await Self.run(["git", "-C", folder] + arguments, home: home)
    }

    private static func run(_ command: [String], home: String) async throws -> String {
        let result = try await Command.run(
            "/usr/bin/env",
            command,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home, "LC_ALL": "C",
                "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Person", "GIT_AUTHOR_EMAIL": "person@example.com",
                "GIT_COMMITTER_NAME": "Person", "GIT_COMMITTER_EMAIL": "person@example.com",
            ]
        )
        guard result.status == 0 else { throw Failed(command: command, output: result.errors) }
        return result.output.trimmingCharacters(in: .newlines)
    }

    struct Failed: Error {
        var command: [String]
        var output: String
    }
}
