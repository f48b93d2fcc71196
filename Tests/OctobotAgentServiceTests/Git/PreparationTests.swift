import CLinux
import Foundation
import GitCommand
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("The clone", .timeLimit(.minutes(2)))
struct PreparationTests {
    @Test("is made at the pinned commit, on its branch, with the mirror as origin")
    func made() async throws {
        try await RepositoryFixture.run { fixture in
            let pinned = try await fixture.head(of: fixture.origin)
            _ = try await fixture.commitOutside(["a.txt": "later\n"])
            try await fixture.makeRepository().prepare(mirror: fixture.mirror, commit: pinned)
            #expect(
                try await fixture.git("symbolic-ref", "HEAD", in: fixture.workspace) == "refs/heads/octobot-session"
            )
            #expect(try await fixture.head(of: fixture.workspace) == pinned)
            #expect(try await fixture.git("rev-parse", "refs/octobot/base", in: fixture.workspace) == pinned)
            #expect(try await fixture.git("branch", "--list", in: fixture.workspace) == "* octobot-session")
            #expect(try await fixture.git("status", "--porcelain", in: fixture.workspace).isEmpty)
            #expect(try await fixture.git("remote", "get-url", "origin", in: fixture.workspace) == fixture.mirror)
            #expect(fixture.text("a.txt") == "one\ntwo\nthree\n")
        }
    }

    @Test("borrows the mirror's objects and shares no file with it")
    func alternates() async throws {
        try await RepositoryFixture.run { fixture in
            _ = try await fixture.prepared()
            #expect(fixture.text(".git/objects/info/alternates") == fixture.mirror + "/objects\n")
            let walk = try #require(FileManager.default.enumerator(atPath: fixture.workspace))
            for case let path as String in walk {
                var info = stat()
                #expect(lstat(fixture.workspace + "/" + path, &info) == 0)
                #expect(info.st_mode & S_IFMT != S_IFREG || info.st_nlink == 1, "\(path)")
            }
        }
    }

    @Test("that exists is left alone")
    func repeated() async throws {
        try await RepositoryFixture.run { fixture in
            _ = try await fixture.prepared()
            try fixture.write("mine\n", to: "a.txt")
            let later = try await fixture.commitOutside(["c.txt": "c\n"])
            let before = try await fixture.state()
            try await fixture.makeRepository().prepare(mirror: fixture.mirror, commit: later)
            #expect(try await fixture.state() == before)
        }
    }

    @Test("that was being made when the service died is made anew")
    func leftovers() async throws {
        try await RepositoryFixture.run { fixture in
            try fixture.write("garbage", to: ".git/HEAD", in: fixture.workspace + ".staging-1")
            try FileManager.default.createDirectory(atPath: fixture.workspace, withIntermediateDirectories: true)
            _ = try await fixture.prepared()
            #expect(fixture.text("sub/b.txt") == "b\n")
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace + ".staging-1"))
        }
    }

    @Test("of a mirror without commits is empty, and the first work is a commit")
    func emptyMirror() async throws {
        try await RepositoryFixture.run { fixture in
            try FileManager.default.removeItem(atPath: fixture.mirror)
            try await fixture.git("init", "--quiet", "--bare", fixture.mirror, in: fixture.folder.path)
            let repository = try fixture.makeRepository()
            try await repository.prepare(mirror: fixture.mirror, commit: nil)
            #expect(try await repository.diff(withPatches: true).files.isEmpty)
            try fixture.write("new\n", to: "new.txt")
            #expect(try await repository.diff(withPatches: true).files.map(\.status) == [.added])
        }
    }

    @Test("needs the pinned commit, and leaves nothing without it")
    func unknownCommit() async throws {
        try await RepositoryFixture.run { fixture in
            let missing = String(repeating: "0", count: 40)
            await #expect(throws: RepositoryFailure.unknownCommit(missing)) {
                try await fixture.makeRepository().prepare(mirror: fixture.mirror, commit: missing)
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace))
        }
    }

    @Test("without a mirror is an empty folder with an empty diff")
    func noMirror() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try fixture.makeRepository()
            try await repository.prepare(mirror: nil, commit: nil)
            try fixture.write("x", to: "x")
            #expect(
                try await repository.diff(withPatches: true)
                    == .init(files: [], stats: .init(filesChanged: 0, additions: 0, deletions: 0))
            )
            await #expect(throws: RepositoryFailure.notARepository) {
                try await repository.commit(onto: String(repeating: "0", count: 40), message: nil)
            }
        }
    }

    @Test("works when the mirror belongs to another user", .enabled(if: getuid() == 0))
    func foreignMirror() async throws {
        try await RepositoryFixture.run { fixture in
            let head = try await fixture.head(of: fixture.mirror)
            let walk = try #require(FileManager.default.enumerator(atPath: fixture.mirror))
            for path in [fixture.mirror] + walk.compactMap({ ($0 as? String).map { fixture.mirror + "/" + $0 } }) {
                #expect(lchown(path, 12_345, 12_345) == 0)
            }
            try await fixture.makeRepository().prepare(mirror: fixture.mirror, commit: head)
            // The agent's own git can use it as well.
            try await fixture.git("fetch", "--quiet", "origin", in: fixture.workspace)
        }
    }

    @Test("has the identity of the turn, for the agent's git and for ours")
    func identity() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            #expect(try await repository.identity() == .fallback)
            try await repository.setIdentity(.init(name: "Zoë \"Z\" <x>\n", email: "zoe@example.com"))
            #expect(try await fixture.git("config", "user.name", in: fixture.workspace) == "Zoë \"Z\" <x>")
            #expect(try await repository.identity() == .init(name: "Zoë Z x", email: "zoe@example.com"))
        }
    }
}
