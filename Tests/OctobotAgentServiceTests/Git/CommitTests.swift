import Foundation
import GitCommand
import JSONText
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Bringing work out of a session", .timeLimit(.minutes(2)))
struct CommitTests {
    private func log(_ fixture: RepositoryFixture, _ range: String) async throws -> [String] {
        try await fixture.git("log", "--reverse", "--format=%s", range, in: fixture.workspace)
            .split(separator: "\n").map(String.init)
    }

    @Test("commits what is uncommitted and puts it on a moved target, with the agent's own commits")
    func rebase() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try await repository.setIdentity(.init(name: "Turn", email: "turn@example.com"))
            try fixture.write("mine\n", to: "mine.txt")
            try await fixture.git("add", "--all", in: fixture.workspace)
            try await fixture.git("commit", "--quiet", "-m", "agent's own", in: fixture.workspace)
            try fixture.write("more\n", to: "sub/more.txt")
            let onto = try await fixture.commitOutside(["a.txt": "one\ntwo\nthree\nfour\n"])
            let result = try await repository.commit(onto: onto, message: "the rest")
            #expect(result.commitCount == 2)
            #expect(result.head == (try await fixture.head(of: fixture.workspace)))
            #expect(try await log(fixture, "\(onto)..HEAD") == ["agent's own", "the rest"])
            #expect(
                try await fixture.git("log", "-1", "--format=%an %ae", in: fixture.workspace) == "Turn turn@example.com"
            )
            #expect(fixture.text("a.txt")?.hasSuffix("four\n") == true)
            #expect(try await fixture.git("status", "--porcelain", in: fixture.workspace).isEmpty)
            let files = try await repository.diff(withPatches: false).files
            #expect(files.map(\.path) == ["mine.txt", "sub/more.txt"], "only the session's work")
            let patches = try await repository.commits(after: onto)
            #expect(patches.commitCount == 2 && patches.encoding == nil)
            #expect(patches.patches.contains("Subject: [PATCH 2/2] the rest"))
        }
    }

    @Test("a conflict names the files and leaves everything as it was")
    func conflict() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("committed\n", to: "new.txt")
            try await fixture.git("add", "--all", in: fixture.workspace)
            try await fixture.git("commit", "--quiet", "-m", "fits", in: fixture.workspace)
            try fixture.write("one\nMINE\nthree\n", to: "a.txt")
            try fixture.write("staged\n", to: "staged.txt")
            try await fixture.git("add", "staged.txt", in: fixture.workspace)
            try fixture.write("untracked\n", to: "untracked.txt")
            let onto = try await fixture.commitOutside(["a.txt": "one\nTHEIRS\nthree\n"])
            let before = try await fixture.state()
            await #expect {
                try await repository.commit(onto: onto, message: nil)
            } throws: { error in
                guard case RepositoryFailure.conflict(let files, _) = error else { return false }
                return files == ["a.txt"]
            }
            #expect(try await fixture.state() == before)
        }
    }

    @Test("after the base moved the diff is empty and a second commit works")
    func twice() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            for round in 1...2 {
                try fixture.write("round \(round)\n", to: "r\(round).txt")
                let onto = try await fixture.head(of: fixture.origin)
                let result = try await repository.commit(onto: onto, message: "round \(round)")
                #expect(result.commitCount == 1)
                let mail = try await repository.commits(after: onto).patches
                try fixture.write(mail, to: "mail", in: fixture.folder.path)
                try await fixture.git("am", "--quiet", fixture.folder.path + "/mail", in: fixture.origin)
                try await fixture.git("fetch", "--quiet", "origin", in: fixture.mirror)
                let new = try await fixture.head(of: fixture.origin)
                try await repository.moveBase(to: new)
                #expect(try await repository.diff(withPatches: true).files.isEmpty)
                #expect(try await fixture.head(of: fixture.workspace) == new)
                #expect(try await fixture.git("status", "--porcelain", in: fixture.workspace).isEmpty)
                #expect(try await repository.commit(onto: new, message: nil).commitCount == 0)
            }
            try await fixture.git("fsck", "--strict", in: fixture.workspace)
        }
    }

    @Test("work that came after the delivery stays, uncommitted")
    func leftover() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("delivered\n", to: "d.txt")
            let onto = try await fixture.head(of: fixture.origin)
            _ = try await repository.commit(onto: onto, message: "d")
            try fixture.write("later\n", to: "later.txt")
            try fixture.write("delivered and changed\n", to: "d.txt")
            let new = try await fixture.commitOutside(["d.txt": "delivered\n", "a.txt": "theirs\n"])
            try await repository.moveBase(to: new)
            let files = try await repository.diff(withPatches: false).files
            #expect(files.map(\.path) == ["d.txt", "later.txt"])
            #expect(fixture.text("a.txt") == "theirs\n" && fixture.text("d.txt") == "delivered and changed\n")
            #expect(try await fixture.git("status", "--porcelain", in: fixture.workspace) == " M d.txt\n?? later.txt")
        }
    }

    @Test("work that is in the target already is nothing to commit")
    func alreadyThere() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("same\n", to: "same.txt")
            let onto = try await fixture.commitOutside(["same.txt": "same\n", "a.txt": "new\n"])
            #expect(try await repository.commit(onto: onto, message: nil) == .init(head: onto, commitCount: 0))
            #expect(try await repository.diff(withPatches: true).files.isEmpty)
            #expect(fixture.text("a.txt") == "new\n")
        }
    }

    @Test("a history with merges comes out as one commit with what they resolved")
    func merges() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try await fixture.git("checkout", "--quiet", "-b", "side", in: fixture.workspace)
            try fixture.write("one\nside\nthree\n", to: "a.txt")
            try await fixture.git("commit", "--quiet", "--all", "-m", "side", in: fixture.workspace)
            try await fixture.git("checkout", "--quiet", "octobot-session", in: fixture.workspace)
            try fixture.write("one\nmain\nthree\n", to: "a.txt")
            try await fixture.git("commit", "--quiet", "--all", "-m", "main", in: fixture.workspace)
            try await fixture.git("merge", "--quiet", "-s", "ours", "-m", "merged", "side", in: fixture.workspace)
            let onto = try await fixture.commitOutside(["c.txt": "c\n"])
            let result = try await repository.commit(onto: onto, message: "all of it")
            #expect(result.commitCount == 1)
            #expect(try await log(fixture, "\(onto)..HEAD") == ["all of it"])
            #expect(fixture.text("a.txt") == "one\nmain\nthree\n" && fixture.text("c.txt") == "c\n")
        }
    }

    @Test("the agent's half-done merge and rebase are refused")
    func unfinished() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            let onto = try await fixture.commitOutside(["a.txt": "one\nTHEIRS\nthree\n"])
            try fixture.write("one\nMINE\nthree\n", to: "a.txt")
            try await fixture.git("commit", "--quiet", "--all", "-m", "mine", in: fixture.workspace)
            _ = try? await fixture.git("rebase", onto, in: fixture.workspace)
            let before = try await fixture.state0()
            await #expect(throws: RepositoryFailure.self) { try await repository.commit(onto: onto, message: nil) }
            try fixture.write("resolved\n", to: "a.txt")
            try await fixture.git("add", "a.txt", in: fixture.workspace)
            await #expect(throws: RepositoryFailure.conflict(files: [], message: "The agent left a rebase unfinished."))
            {
                try await repository.commit(onto: onto, message: nil)
            }
            #expect(try await fixture.state0() == before)
        }
    }

    @Test("renames, modes, links and binaries come out as they are")
    func kinds() async throws {
        let long = (1...50).map { "line \($0)\n" }.joined()
        try await RepositoryFixture.run(files: ["a.txt": long, "run.sh": "echo\n"]) { fixture in
            let repository = try await fixture.prepared()
            try Data([0, 1, 2, 255, 10, 200]).write(to: URL(filePath: fixture.workspace + "/bin"))
            try Data([0xE9, 0x0A]).write(to: URL(filePath: fixture.workspace + "/latin1.txt"))
            try FileManager.default.moveItem(atPath: fixture.workspace + "/a.txt", toPath: fixture.workspace + "/z.txt")
            #expect(chmod(fixture.workspace + "/run.sh", 0o755) == 0)
            #expect(symlink("run.sh", fixture.workspace + "/link") == 0)
            let onto = try await fixture.head(of: fixture.origin)
            let result = try await repository.commit(onto: onto, message: "Käse\n\nbody")
            let patches = try await repository.commits(after: onto)
            #expect(patches.encoding == "base64")
            let mail = try #require(Data(base64Encoded: patches.patches))
            try mail.write(to: URL(filePath: fixture.folder.path + "/mail"))
            try await fixture.git("am", "--quiet", "--keep-cr", fixture.folder.path + "/mail", in: fixture.origin)
            #expect(
                try await fixture.git("rev-parse", "HEAD^{tree}", in: fixture.origin)
                    == fixture.git("rev-parse", result.head + "^{tree}", in: fixture.workspace)
            )
        }
    }

    @Test("names of commits that are none, unknown or elsewhere are told apart")
    func names() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            for name in ["", "HEAD", "--output=x", String(repeating: "0", count: 40)] {
                await #expect(throws: RepositoryFailure.unknownCommit(name)) {
                    try await repository.commits(after: name)
                }
                await #expect(throws: RepositoryFailure.unknownCommit(name)) {
                    try await repository.commit(onto: name, message: nil)
                }
                await #expect(throws: RepositoryFailure.unknownCommit(name)) { try await repository.moveBase(to: name) }
            }
            let base = try await fixture.head(of: fixture.origin)
            await #expect(throws: RepositoryFailure.noCommits) { try await repository.commits(after: base) }
            let later = try await fixture.commitOutside(["c.txt": "c\n"])
            await #expect(throws: RepositoryFailure.notAnAncestor(later)) { try await repository.commits(after: later) }
        }
    }

    @Test("a move that was interrupted is finished at the next start", arguments: 0..<4)
    func interrupted(stage: Int) async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("mine\n", to: "mine.txt")
            let onto = try await fixture.commitOutside(["a.txt": "A\n", "c/d.txt": "D\n"])
            try await fixture.git("rm", "--quiet", "sub/b.txt", in: fixture.origin)
            let target = try await fixture.commitOutside(["a.txt": "AA\n"])
            #expect(onto != target)
            // What the move would be: worked out in a copy of the home.
            let copy = RepositoryFixture(folder: fixture.folder.appending(path: "copy"))
            try FileManager.default.createDirectory(atPath: copy.folder.path, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: fixture.home, toPath: copy.home)
            let from = try await repository.withSnapshot(isKept: true) { snapshot in
                try await repository.succeed(["write-tree"], environment: snapshot.environment).line
            }
            let done = try await copy.makeRepository().commit(onto: target, message: "m")
            try await fixture.git("fetch", "--quiet", copy.workspace, "octobot-session", in: fixture.workspace)
            let move = WorkTreeMove(
                from: from,
                to: try await repository.tree(of: done.head),
                head: done.head,
                base: target
            )
            let journal = URL(filePath: fixture.home + "/.octobot/git/move.json")
            try Data(try JSONCoding.encode(move)).write(to: journal)
            if stage >= 1 { try fixture.write("A", to: "a.txt") }
            if stage >= 2 { try fixture.write("D\n", to: "c/d.txt") }
            if stage >= 3 { try await fixture.git("update-ref", "refs/octobot/base", target, in: fixture.workspace) }
            try fixture.write("", to: ".git/index.lock")
            try await fixture.makeRepository().prepare(mirror: fixture.mirror, commit: nil)
            #expect(try await fixture.state() == copy.state())
            #expect(
                fixture.text("a.txt") == "AA\n" && fixture.text("c/d.txt") == "D\n"
                    && fixture.text("mine.txt") == "mine\n"
            )
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace + "/sub"))
            #expect(!FileManager.default.fileExists(atPath: journal.path))
        }
    }
}

extension RepositoryFixture {
    /// The state when HEAD may be detached.
    fileprivate func state0() async throws -> [String] {
        [try await git("rev-parse", "HEAD", "octobot-session", "refs/octobot/base", in: workspace)]
    }
}
