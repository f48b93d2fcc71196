import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Changing a work tree", .timeLimit(.minutes(5)))
struct ChangingTests {
    @Test("stages what is named, deletions and odd names too, and commits it")
    func stageAndCommit() async throws {
        try await withTemporaryDirectory { folder in
            let names = BrowsingTests.names
            let user = try await TestRepository(
                at: folder.path + "/user",
                files: Dictionary(uniqueKeysWithValues: names.map { ($0, "one\n") })
            )
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            for name in names { try user.write(name, "two\n") }
            try FileManager.default.removeItem(atPath: user.path + "/plain.txt")
            for name in names.dropLast() { try await tree.stage([GitPath(name)]) }
            let status = try await tree.status()
            #expect(status.staged.count == names.count - 1)
            #expect(status.unstaged.map(\.path.text) == [names.last])

            let commit = try await tree.commit(
                "# subject\n\nbody",
                author: GitIdentity(name: "Eve", email: "eve@example.org")
            )
            #expect(commit.subject == "# subject")
            #expect(commit.author.name == "Eve")
            #expect(commit.committer == .fallback)
            #expect(try await user.head() == commit.name)
            #expect(try await tree.status().unstaged.map(\.path.text) == [names.last])
        }
    }

    @Test("nothing staged, no message, an unknown path and an unresolved conflict are refused; nothing changes")
    func refused() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(at: folder.path + "/user")
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            let head = try await user.head()
            try user.write("b.txt", "b\n")
            await #expect(throws: GitError.nothingStaged) { try await tree.commit("m", author: nil) }
            for name in ["nope.txt", "--all", "../user/b.txt", "/etc/passwd", "", "*", ":(top)b.txt"] {
                await #expect(throws: GitError.self) { try await tree.stage([GitPath(name)]) }
            }
            #expect(try await user.status() == "?? b.txt")
            try await tree.stage([GitPath("b.txt")])
            await #expect(throws: GitError.self) { try await tree.commit("  \n", author: nil) }
            #expect(try await user.head() == head)

            try await user.commit("b")
            try await user.git("checkout", "--quiet", "-b", "side", "HEAD~1")
            try user.write("b.txt", "other\n")
            try await user.commit("side")
            await #expect(throws: Command.Failure.self) { try await user.git("merge", "main") }
            await #expect(throws: GitError.self) { try await tree.commit("m", author: nil) }
            await #expect(throws: GitError.self) { try await tree.checkout("main") }
            #expect(try await user.status() == "AA b.txt")
        }
    }

    @Test("checks out branches, tags and commits; what is not committed is never overwritten")
    func checkout() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(at: folder.path + "/user")
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            let first = try await user.head()
            try await user.git("tag", "v1")
            try await user.git("checkout", "--quiet", "-b", "feature/x")
            try user.write("a.txt", "two\n")
            try user.write("new.txt", "new\n")
            try user.write("ignored", "from the branch\n")
            try await user.commit("second")
            try await tree.checkout("main")
            #expect(try await tree.status().branch == "main")
            #expect(try user.read("a.txt") == "one\n")
            try await tree.checkout("feature/x")
            #expect(try user.read("a.txt") == "two\n")
            try await tree.checkout("v1")
            let status = try await tree.status()
            #expect(status.branch == nil)
            #expect(status.head == first)

            try user.write("a.txt", "mine\n")
            #expect(await obstacle { try await tree.checkout("feature/x") } == .dirty)
            try user.write("a.txt", "one\n")
            try user.write("new.txt", "mine too\n")
            #expect(await obstacle { try await tree.checkout("feature/x") } == .dirty)
            try FileManager.default.removeItem(atPath: user.path + "/new.txt")
            try user.write(".git/info/exclude", "ignored\n")
            try user.write("ignored", "precious\n")
            #expect(await obstacle { try await tree.checkout("feature/x") } == .dirty)
            #expect(try user.read("ignored") == "precious\n")
            #expect(try await tree.status().head == first)

            for name in ["nope", "-f", "--orphan=x", "a.txt", "HEAD:a.txt", "main..v1", ""] {
                await #expect(throws: GitError.unknownCommit(name)) { try await tree.checkout(name) }
            }
        }
    }

    @Test("fetches local remotes, drops what is gone, and makes a branch of one only the remote has")
    func fetch() async throws {
        try await withWorkshop { shop in
            let clone = TestRepository(existing: shop.folder + "/clone")
            try await shop.user.git("clone", "--quiet", shop.user.path, clone.path)
            try await shop.user.git("branch", "gone")
            try await shop.user.git("branch", "only/there")
            try await shop.user.git("tag", "t1")
            let tree = WorkTree(shop.git, path: clone.path)
            try await tree.fetch(through: shop.mirror)
            #expect(
                try await tree.branches().map(\.name) == ["main", "origin/gone", "origin/main", "origin/only/there"]
            )
            #expect(try await clone.git("tag") == "t1")
            try await shop.user.git("branch", "-D", "gone")
            try shop.user.write("a.txt", "two\n")
            let head = try await shop.user.commit("second")
            try await tree.fetch(through: shop.mirror)
            #expect(try await tree.branches().map(\.name) == ["main", "origin/main", "origin/only/there"])
            #expect(try await tree.status().behind == 1)
            #expect(try await tree.log(of: "origin/main", limit: 1).map(\.name) == [head])
            try await tree.checkout("only/there")
            #expect(try await tree.status().branch == "only/there")
        }
    }

    @Test("a repository's own settings run nothing and fetch nothing that is not allowed")
    func hostile() async throws {
        try await withWorkshop { shop in
            let user = shop.user
            let mark = shop.folder + "/executed"
            let command = "touch \(mark)"
            let script = shop.folder + "/evil"
            try Data("#!/bin/sh\n\(command)\n".utf8).write(to: URL(filePath: script))
            chmod(script, 0o755)
            let settings = [
                ("core.fsmonitor", script), ("core.pager", script), ("core.editor", script), ("core.askPass", script),
                ("core.sshCommand", script), ("core.gitProxy", script), ("core.hooksPath", shop.folder + "/hooks"),
                ("core.alternateRefsCommand", script), ("diff.external", script), ("diff.evil.command", script),
                ("diff.evil.textconv", script), ("filter.evil.clean", script), ("filter.evil.smudge", script),
                ("filter.evil.process", script), ("merge.evil.driver", script), ("gpg.program", script),
                ("commit.gpgSign", "true"), ("log.showSignature", "true"), ("credential.helper", "!" + script),
                ("remote.origin.uploadpack", script), ("remote.origin.vcs", "ext"), ("sequence.editor", script),
                ("uploadpack.packObjectsHook", script), ("submodule.recurse", "true"), ("diff.orderFile", script),
                ("commit.template", "/etc/passwd"), ("alias.status", "!" + script), ("browser.x.cmd", script),
                ("remote.origin.url", user.path), ("status.submoduleSummary", "true"), ("diff.submodule", "log"),
            ]
            for (key, value) in settings { try await user.git("config", key, value) }
            try FileManager.default.createDirectory(atPath: shop.folder + "/hooks", withIntermediateDirectories: false)
            for hook in [
                "pre-commit", "post-commit", "post-checkout", "commit-msg", "prepare-commit-msg", "post-index-change",
                "reference-transaction", "pre-auto-gc", "fsmonitor-watchman",
            ] {
                try FileManager.default.copyItem(atPath: script, toPath: shop.folder + "/hooks/" + hook)
                try FileManager.default.copyItem(atPath: script, toPath: user.path + "/.git/hooks/" + hook)
            }
            try user.write(".gitattributes", "* diff=evil filter=evil merge=evil\n")
            try user.write("a.txt", "two\n")
            let tree = shop.tree
            _ = try await tree.status()
            _ = try await tree.diff(.unstaged)
            try await tree.stage([])
            _ = try await tree.diff(.staged)
            _ = try await tree.commit("hostile", author: nil)
            _ = try await tree.log(of: nil, limit: 10)
            _ = try await tree.branches()
            _ = try await tree.files(of: nil)
            try await tree.checkout("HEAD~1")
            try await tree.checkout("main")
            try await tree.fetch(through: shop.mirror)
            #expect(!FileManager.default.fileExists(atPath: mark))

            for url in ["ext::sh -c \(command)", "-u\(script)", "file:///etc", "https://u:p@h/x", "git://h/x", "fd::3"]
            {
                try await user.git("config", "--replace-all", "remote.origin.url", url)
                await #expect(throws: GitError.self) { try await tree.fetch(through: shop.mirror) }
            }
            #expect(!FileManager.default.fileExists(atPath: mark))
        }
    }
}
