import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Bringing commits back", .timeLimit(.minutes(3)))
struct MoveTests {
    /// The session changes, adds and removes a file, in one commit.
    private func work(_ shop: Workshop) async throws {
        try shop.session.write("a.txt", "one\ntwo\n")
        try shop.session.write("notes/plan.txt", "forty-two\n")
        try await shop.session.git("rm", "--quiet", "gone.txt")
        try await shop.session.commit("work")
    }

    @Test("branch, index and files move together; the user's other changes stay; doing it twice is fine")
    func moved() async throws {
        try await withWorkshop { shop in
            try await work(shop)
            try shop.user.write("d/x.txt", "changed by the user\n")
            try shop.user.write("untracked.txt", "u\n")
            let move = try await shop.prepared()
            try await shop.git.perform(move)
            try await shop.git.perform(move)
            #expect(try await shop.user.head() == move.new)
            #expect(try await shop.user.status() == " M d/x.txt\n?? untracked.txt")
            #expect(try shop.user.read("a.txt") == "one\ntwo\n")
            #expect(try shop.user.read("notes/plan.txt") == "forty-two\n")
            #expect(!shop.user.exists("gone.txt"))
            #expect(try await shop.user.git("log", "--format=%s") == "work\nfirst")
            #expect(try await shop.user.git("fsck", "--strict", "--no-dangling") == "")
            #expect(try await shop.user.git("reflog", "-1", "--format=%gs") == "octobot: commits of a session")
            try await shop.git.recover(move)
        }
    }

    @Test("a linked work tree's branch moves, the main one stays")
    func linked() async throws {
        try await withWorkshop { shop in
            try await work(shop)
            let path = shop.folder + "/linked"
            try await shop.user.git("worktree", "add", "--quiet", "-b", "feature/x", path)
            let tree = WorkTree(shop.git, path: path)
            let tip = try await tree.target()
            #expect(tip.branch == "refs/heads/feature/x")
            let new = try await shop.mirror.apply(
                try await shop.session.series(since: tip.commit),
                onto: tip.commit,
                committer: .fallback
            )
            try await tree.receive(try await shop.mirror.pack(from: tip.commit, to: new))
            try await shop.git.perform(BranchMove(from: tip, to: new))
            #expect(try await TestRepository(existing: path).status() == "")
            #expect(try TestRepository(existing: path).read("a.txt") == "one\ntwo\n")
            #expect(try await shop.user.head() == tip.commit)
            #expect(try await shop.user.status() == "")
        }
    }

    @Test("what the user staged or touched, or what is in the way of a new file, is never overwritten")
    func dirty() async throws {
        let spoilers: [@Sendable (TestRepository) async throws -> Void] = [
            { try $0.write("a.txt", "mine\n") },
            { try $0.write("notes/plan.txt", "mine\n") },
            { try $0.write("notes", "a file of mine\n") },
            { user in
                try user.write(".git/info/exclude", "plan.txt\n")
                try user.write("notes/plan.txt", "mine and ignored\n")
            },
            { user in
                try user.write("notes/plan.txt/deep", "a folder of mine\n")
            },
            { try FileManager.default.removeItem(atPath: $0.path + "/gone.txt") },
            { user in
                try user.write("d/x.txt", "staged\n")
                try await user.git("add", "d/x.txt")
            },
            { try FileManager.default.createSymbolicLink(atPath: $0.path + "/notes", withDestinationPath: "/tmp") },
        ]
        for (number, spoil) in spoilers.enumerated() {
            try await withWorkshop { shop in
                try await work(shop)
                let move = try await shop.prepared()
                try await spoil(shop.user)
                let before = try await Self.picture(of: shop.user)
                #expect(await obstacle { try await shop.git.perform(move) } == .dirty, "\(number)")
                #expect(try await Self.picture(of: shop.user) == before, "\(number)")
            }
        }
    }

    @Test("a mere touch is no change")
    func touched() async throws {
        try await withWorkshop { shop in
            try await work(shop)
            let move = try await shop.prepared()
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)],
                ofItemAtPath: shop.user.path + "/a.txt"
            )
            try await shop.git.perform(move)
            #expect(try await shop.user.status() == "")
        }
    }

    @Test("a repository the user has moved in between is left alone")
    func movedByUser() async throws {
        let movers: [(TargetObstacle, @Sendable (TestRepository) async throws -> Void)] = [
            (.moved, { _ = try await $0.git("commit", "--quiet", "--allow-empty", "--message", "mine") }),
            (.moved, { _ = try await $0.git("checkout", "--quiet", "-b", "other") }),
            (.detached, { _ = try await $0.git("checkout", "--quiet", "--detach") }),
            (.busy, { try $0.write(".git/index.lock", "") }),
            (.busy, { try $0.write(".git/refs/heads/main.lock", "") }),
            (.busy, { try $0.write(".git/MERGE_HEAD", "") }),
            (.busy, { try $0.write(".git/rebase-merge/head-name", "") }),
        ]
        for (number, (expected, mover)) in movers.enumerated() {
            try await withWorkshop { shop in
                try await work(shop)
                let move = try await shop.prepared()
                try await mover(shop.user)
                let before = try await Self.picture(of: shop.user)
                #expect(await obstacle { try await shop.git.perform(move) } == expected, "\(number)")
                #expect(try await Self.picture(of: shop.user) == before, "\(number)")
                if expected != .moved {
                    #expect(await obstacle { _ = try await shop.tree.target() } == expected, "\(number)")
                }
            }
        }
    }

    @Test("no hook, filter, monitor or pager a repository configures is run")
    func nothingRuns() async throws {
        try await withWorkshop { shop in
            try shop.session.write(".gitattributes", "*.txt filter=evil diff=evil\n")
            try await work(shop)
            let trap = shop.folder + "/trap"
            try Data("#!/bin/sh\ntouch '\(shop.folder)/sprung'\ncat\n".utf8).write(to: URL(filePath: trap))
            chmod(trap, 0o755)
            let hooks = try FileManager.default.contentsOfDirectory(atPath: shop.user.path + "/.git/hooks")
            let names = Set(hooks.map { $0.replacing(".sample", with: "") }).union([
                "reference-transaction", "post-index-change", "post-checkout", "post-merge",
            ])
            for name in names {
                try? FileManager.default.removeItem(atPath: shop.user.path + "/.git/hooks/" + name)
                try FileManager.default.copyItem(atPath: trap, toPath: shop.user.path + "/.git/hooks/" + name)
            }
            for (key, value) in [
                ("filter.evil.smudge", trap), ("filter.evil.clean", trap), ("filter.evil.process", trap),
                ("filter.evil.required", "true"), ("core.fsmonitor", trap), ("diff.external", trap),
                ("diff.evil.textconv", trap), ("core.pager", trap), ("core.sshCommand", trap), ("gpg.program", trap),
                ("commit.gpgSign", "true"), ("core.editor", trap), ("uploadpack.packObjectsHook", trap),
                ("core.alternateRefsCommand", trap), ("credential.helper", trap), ("core.askPass", trap),
            ] {
                try await shop.user.git("config", key, value)
            }
            try? FileManager.default.removeItem(atPath: shop.folder + "/sprung")
            try await shop.mirror.refresh(from: shop.user.path)
            _ = try await shop.tree.ensure()
            let move = try await shop.prepared()
            try await shop.git.perform(move)
            try await shop.git.recover(move)
            #expect(!FileManager.default.fileExists(atPath: shop.folder + "/sprung"))
            #expect(try shop.user.read("a.txt") == "one\ntwo\n")
        }
    }

    @Test("the line ends and filters the user configured for themselves are honoured")
    func usersFilters() async throws {
        try await withWorkshop { shop in
            let configuration = "[core]\nautocrlf = true\n[filter \"loud\"]\nclean = tr A-Z a-z\nsmudge = tr a-z A-Z\n"
            try Data(configuration.utf8).write(to: URL(filePath: shop.folder + "/home/.gitconfig"))
            try shop.session.write(".gitattributes", "*.loud filter=loud\n")
            try shop.session.write("x.loud", "hush\n")
            try await work(shop)
            let move = try await shop.prepared()
            try await shop.git.perform(move)
            #expect(try shop.user.read("x.loud") == "HUSH\r\n")
            #expect(try shop.user.read("a.txt") == "one\r\ntwo\r\n")
        }
    }

    @Test("a root daemon works as the repository's owner", .enabled(if: geteuid() == 0))
    func owner() async throws {
        try await withWorkshop { shop in
            try await work(shop)
            chmod(shop.folder, 0o755)
            _ = try await Command.output("/usr/bin/chown", ["-R", "64251:64251", shop.user.path])
            let move = try await shop.prepared()
            try await shop.git.perform(move)
            let strangers = try await Command.output("/usr/bin/find", [shop.user.path, "!", "-uid", "64251"])
            #expect(strangers == "")
            #expect(try await shop.user.git("-c", "safe.directory=*", "status", "--porcelain") == "")
        }
    }

    @Test("a cancelled caller does not stop it half way")
    func cancelled() async throws {
        try await withWorkshop { shop in
            try await work(shop)
            let move = try await shop.prepared()
            let task = Task { try await shop.git.perform(move) }
            task.cancel()
            _ = await task.result
            try await shop.git.recover(move)
            #expect(try await shop.user.head() == move.new)
            #expect(try await shop.user.status() == "")
        }
    }

    /// What of a repository must not change: refs, files with their content, what is staged.
    static func picture(of repository: TestRepository) async throws -> [String] {
        var lines = [
            try await repository.git("for-each-ref"), try await repository.git("ls-files", "--stage"),
            try String(contentsOfFile: repository.path + "/.git/HEAD", encoding: .utf8),
        ]
        let files = FileManager.default.enumerator(atPath: repository.path)
        while let name = files?.nextObject() as? String {
            if name == ".git" { files?.skipDescendants() }
            let content = try? Data(contentsOf: URL(filePath: repository.path + "/" + name))
            lines.append("\(name) \(content?.base64EncodedString() ?? "-")")
        }
        return lines.sorted()
    }
}
