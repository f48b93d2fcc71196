import Foundation
import GitCommand
import Logging
import OctobotTestSupport

extension TestRepository {
    /// What `git format-patch` says of the commits after `base`.
    func series(since base: String) async throws -> PatchSeries {
        let (mailbox, count) = try await mailbox(since: base)
        return try PatchSeries(mailbox: mailbox, count: count)
    }
}

/// A folder with a user's repository, the session's clone of it, our mirror, and the git under test.
struct Workshop: Sendable {
    let folder: String
    let user: TestRepository
    let session: TestRepository
    let mirror: Mirror
    let git: Git

    init(
        _ folder: URL,
        files: [String: String] = ["a.txt": "one\n", "gone.txt": "bye\n", "d/x.txt": "x\n"]
    ) async throws {
        self.folder = folder.path
        user = try await TestRepository(at: self.folder + "/user", files: files)
        git = try Self.makeGit(self.folder)
        mirror = Mirror(git, path: self.folder + "/mirrors/w.git")
        try await mirror.refresh(from: user.path)
        try await user.git("clone", "--quiet", "--no-hardlinks", mirror.path, self.folder + "/session")
        session = TestRepository(existing: self.folder + "/session")
    }

    /// A git as another run of the daemon would make it; HOME is a folder of the test's.
    static func makeGit(_ folder: String, environment: [String: String] = [:]) throws -> Git {
        let home = folder + "/home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try Git(
            directory: folder + "/state",
            environment: ["HOME": home, "PATH": path].merging(environment) { $1 },
            logger: Logger(label: "test")
        )
    }

    var tree: WorkTree { WorkTree(git, path: user.path) }

    /// Everything up to the move: the session's commits stand in the user's repository, but nothing has changed there.
    func prepared() async throws -> BranchMove {
        let tip = try await tree.target()
        let series = try await session.series(since: tip.commit)
        let new = try await mirror.apply(series, onto: tip.commit, committer: .fallback)
        try await tree.receive(try await mirror.pack(from: tip.commit, to: new))
        return BranchMove(from: tip, to: new)
    }
}

func withWorkshop(_ body: (Workshop) async throws -> Void) async throws {
    try await withTemporaryDirectory { folder in try await body(try await Workshop(folder)) }
}

/// The obstacle a call meets.
func obstacle(_ body: () async throws -> Void) async -> TargetObstacle? {
    do {
        try await body()
        return nil
    } catch let error as GitError {
        guard case .target(let obstacle, _) = error else { return nil }
        return obstacle
    } catch {
        return nil
    }
}
