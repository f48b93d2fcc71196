import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Work trees", .timeLimit(.minutes(2)))
struct WorkTreeTests {
    @Test("a missing or empty folder becomes a repository with one commit, its parent must exist")
    func created() async throws {
        try await withTemporaryDirectory { folder in
            let git = try Workshop.makeGit(folder.path)
            try FileManager.default.createDirectory(
                at: folder.appending(path: "empty"),
                withIntermediateDirectories: false
            )
            for name in ["missing", "empty"] {
                let path = folder.path + "/" + name
                let inspection = try await WorkTree(git, path: path).ensure()
                #expect(inspection.branch == "main")
                #expect(inspection.isDirty == false)
                let log = try await TestRepository(existing: path).git("log", "--format=%an %s")
                #expect(log == "Octobot Initial commit")
            }
            await #expect(throws: GitError.self) { try await WorkTree(git, path: folder.path + "/no/where").ensure() }
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/no"))
        }
    }

    @Test("a repository without commits gets one; what is staged and lies there stays")
    func unborn() async throws {
        try await withTemporaryDirectory { folder in
            let git = try Workshop.makeGit(folder.path)
            let path = folder.path + "/r"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let user = TestRepository(existing: path)
            try await user.git("init", "--quiet", "--initial-branch=trunk")
            try user.write("staged.txt", "s")
            try await user.git("add", "staged.txt")
            try user.write("loose.txt", "l")
            let inspection = try await WorkTree(git, path: path).ensure()
            #expect(inspection.branch == "trunk")
            #expect(inspection.head != nil)
            #expect(try await user.status() == "A  staged.txt\n?? loose.txt")
        }
    }

    @Test("a folder with files that is no repository, a file, a bare one and a relative path are refused untouched")
    func refused() async throws {
        try await withTemporaryDirectory { folder in
            let git = try Workshop.makeGit(folder.path)
            let path = folder.path
            try FileManager.default.createDirectory(atPath: path + "/full", withIntermediateDirectories: false)
            try Data("x".utf8).write(to: URL(filePath: path + "/full/file"))
            _ = try await Command.output("/usr/bin/git", ["init", "--quiet", "--bare", path + "/bare"])
            await #expect(throws: GitError.notARepository(path + "/full")) {
                try await WorkTree(git, path: path + "/full").ensure()
            }
            await #expect(throws: GitError.bareRepository(path + "/bare")) {
                try await WorkTree(git, path: path + "/bare").ensure()
            }
            await #expect(throws: GitError.self) { try await WorkTree(git, path: path + "/full/file").ensure() }
            await #expect(throws: GitError.self) { try await WorkTree(git, path: "full").ensure() }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/full") == ["file"])
        }
    }

    @Test("a folder inside a work tree stands for the whole; dirt and a detached HEAD are seen")
    func inspected() async throws {
        try await withWorkshop { shop in
            try FileManager.default.createDirectory(
                atPath: shop.user.path + "/d/empty",
                withIntermediateDirectories: true
            )
            let inner = try await WorkTree(shop.git, path: shop.user.path + "/d/empty").ensure()
            #expect(inner.root == shop.user.path)
            #expect(inner.isDirty == false)
            try shop.user.write("new.txt", "n")
            #expect(try await shop.tree.inspect().isDirty)
            try await shop.user.git("checkout", "--quiet", "--detach")
            #expect(try await shop.tree.inspect().branch == nil)
        }
    }

    @Test("the identity is the user's, read from their configuration, else ours")
    func identity() async throws {
        try await withTemporaryDirectory { folder in
            let git = try Workshop.makeGit(folder.path)
            #expect(try await git.identity(for: folder.path) == .fallback)
            let other = try Workshop.makeGit(folder.path)
            try Data("[user]\nname = Bea\nemail = bea@example.org\n".utf8)
                .write(to: folder.appending(path: "home/.gitconfig"))
            #expect(try await other.identity(for: folder.path) == GitIdentity(name: "Bea", email: "bea@example.org"))
        }
    }
}
