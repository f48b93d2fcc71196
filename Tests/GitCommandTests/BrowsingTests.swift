import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Looking at a work tree", .timeLimit(.minutes(5)))
struct BrowsingTests {
    /// Names that trip parsers: spaces, quotes, line breaks, arrows, tabs, options, other alphabets.
    static let names = [
        "plain.txt", "with space.txt", "tab\there.txt", "line\nbreak.txt", "quote\"s.txt", "back\\slash.txt", "-option",
        "--output=x", "a -> b.txt", "ünïcode/☃.txt", "diff --git a", "x | y.txt", ":colon", "*star?", "[set]",
    ]

    @Test("status tells what git tells, whatever the names")
    func status() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(
                at: folder.path + "/user",
                files: Dictionary(uniqueKeysWithValues: Self.names.map { ($0, "text of \($0)\nmore\nand more\n") })
            )
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            #expect(try await tree.status().isClean)

            try user.write("plain.txt", "changed\n")
            try user.write("with space.txt", "staged\n")
            try await user.git("add", "with space.txt")
            try user.write("with space.txt", "and changed again\n")
            try await user.git("mv", "ünïcode/☃.txt", "moved ☃.txt")
            try FileManager.default.removeItem(atPath: user.path + "/line\nbreak.txt")
            try user.write("new/one.txt", "n\n")
            try user.write("loose\nname", "n\n")
            let status = try await tree.status()
            #expect(
                status.staged == [
                    FileChange(
                        path: GitPath("moved ☃.txt"),
                        oldPath: GitPath("ünïcode/☃.txt"),
                        state: .renamed
                    ),
                    FileChange(path: GitPath("with space.txt"), state: .modified),
                ]
            )
            #expect(
                Set(status.unstaged.map { "\($0.path.text) \($0.state)" }) == [
                    "line\nbreak.txt deleted", "plain.txt modified", "with space.txt modified",
                ]
            )
            #expect(Set(status.untracked.map(\.text)) == ["loose\nname", "new/"])
            #expect(status.branch == "main")
            #expect(try await status.head == user.head())
        }
    }

    @Test("branch, upstream, ahead and behind; detached; before the first commit; in conflict")
    func branches() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(at: folder.path + "/user")
            let git = try Workshop.makeGit(folder.path)
            let tree = WorkTree(git, path: user.path)
            try await user.git("clone", "--quiet", user.path, folder.path + "/clone")
            let clone = TestRepository(existing: folder.path + "/clone")
            try user.write("a.txt", "two\n")
            try await user.commit("second")
            try clone.write("a.txt", "other\n")
            try await clone.commit("mine")
            try clone.write("b.txt", "b\n")
            try await clone.commit("mine | too")
            try await clone.git("branch", "feature/x")
            try await clone.git("fetch", "--quiet")
            let other = WorkTree(git, path: clone.path)
            var status = try await other.status()
            #expect(status.upstream == "origin/main")
            #expect(status.ahead == 2)
            #expect(status.behind == 1)
            let branches = try await other.branches()
            #expect(branches.map(\.name) == ["feature/x", "main", "origin/main"])
            #expect(branches.map(\.isRemote) == [false, false, true])
            #expect(branches.map(\.isCurrent) == [false, true, false])
            #expect(branches[1].upstream == "origin/main")
            #expect(try await branches[2].commit == user.head())

            await #expect(throws: Command.Failure.self) { try await clone.git("merge", "origin/main") }
            status = try await other.status()
            #expect(status.hasConflicts)
            #expect(status.unstaged == [FileChange(path: GitPath("a.txt"), state: .unmerged)])
            let diff = try await other.diff(.unstaged)
            #expect(diff.map(\.change) == [FileChange(path: GitPath("a.txt"), state: .unmerged)])

            try await user.git("checkout", "--quiet", "--detach")
            #expect(try await tree.status().branch == nil)

            try await user.git("init", "--quiet", "--initial-branch=trunk", folder.path + "/unborn")
            let unborn = WorkTree(git, path: folder.path + "/unborn")
            status = try await unborn.status()
            #expect(status.head == nil)
            #expect(try await unborn.log(of: nil, limit: 5).isEmpty)
            #expect(try await unborn.files(of: nil) == nil)
            #expect(try await unborn.branches().isEmpty)
        }
    }

    @Test("log tells what git tells; a text with separators shifts nothing")
    func log() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(at: folder.path + "/user")
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            let messages = ["a | b | c", "ünïcode ☃", "subject\n\nbody\n\nwith | bars", "x\u{1f}y", "%H %x00"]
            for (index, message) in messages.enumerated() {
                try user.write("a.txt", "\(index)\n")
                try await user.git("add", "--all")
                try await user.git("commit", "--quiet", "--message", message, "--author", "A | B <a@b|c>")
            }
            let log = try await tree.log(of: nil, limit: 50)
            #expect(log.count == messages.count + 1)
            #expect(
                log.dropLast().reversed().map(\.subject).elementsEqual([
                    "a | b | c", "ünïcode ☃", "subject", "x\u{1f}y", "%H %x00",
                ])
            )
            #expect(log.dropLast().allSatisfy { $0.author == GitIdentity(name: "A | B", email: "a@b|c") })
            #expect(log.reversed()[3].body == "body\n\nwith | bars")
            let expected = try await user.git("log", "--format=%H %P %at %ct")
            let told = log.map { "\($0.name) \($0.parents.joined(separator: " ")) \($0.authoredAt) \($0.committedAt)" }
            #expect(told.joined(separator: "\n") == expected)
            #expect(try await tree.log(of: "HEAD~1", limit: 2, skip: 1).map(\.name) == log[2...3].map(\.name))
            for bad in ["nope", "--output=x", "-n", "a..b", "", "HEAD:a.txt", "a b"] {
                await #expect(throws: GitError.unknownCommit(bad)) { try await tree.log(of: bad, limit: 1) }
            }
        }
    }

    @Test("a diff tells git's patches file by file", arguments: ["unstaged", "staged", "since", "commits"])
    func diff(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(
                at: folder.path + "/user",
                files: Dictionary(uniqueKeysWithValues: Self.names.map { ($0, "text of \($0)\nmore\nand more\n") })
            )
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            let base = try await user.head()
            for name in Self.names.dropFirst(2) { try user.write(name, "diff --git a/x b/x\n+++ b\n--- a\n\(name)") }
            try await user.git("mv", "plain.txt", "renamed file.txt")
            try user.write("binary", Data([0, 1, 2, 255]))
            try FileManager.default.removeItem(atPath: user.path + "/with space.txt")
            try FileManager.default.createSymbolicLink(
                atPath: user.path + "/with space.txt",
                withDestinationPath: "nowhere"
            )
            let range: DiffRange
            var arguments: [String]
            switch kind {
            case "unstaged":
                try await user.git("add", "--intent-to-add", "binary")
                (range, arguments) = (.unstaged, [])
            case "staged":
                try await user.git("add", "--all")
                (range, arguments) = (.staged, ["--cached"])
            case "since":
                try await user.git("add", "--intent-to-add", "binary")
                (range, arguments) = (.workTree(since: base), [base])
            default:
                let head = try await user.commit("all")
                (range, arguments) = (.commits(from: base, to: head), [base, head])
            }
            arguments =
                ["-c", "core.quotePath=false", "diff", "--find-renames", "--no-abbrev", "--no-ext-diff"] + arguments
            let expected = try await Command.run("/usr/bin/git", arguments, directory: user.path)
            let files = try await tree.diff(range)
            #expect(files.allSatisfy { $0.patch != nil })
            let told = files.compactMap(\.patch).joined()
            #expect(String(decoding: told, as: UTF8.self) == expected.output)
            #expect(files.contains { $0.change.path == GitPath("binary") && $0.isBinary })
            if kind != "unstaged" {
                #expect(
                    files.contains {
                        $0.change
                            == FileChange(
                                path: GitPath("renamed file.txt"),
                                oldPath: GitPath("plain.txt"),
                                state: .renamed
                            )
                    }
                )
            }
            let option = try #require(files.first { $0.change.path == GitPath("--output=x") })
            #expect((option.additions, option.deletions) == (4, 3))
            let one = try await tree.diff(range, paths: [GitPath("--output=x")])
            #expect(one == [option])
            #expect(try await tree.diff(range, paths: [GitPath("*")]).isEmpty)
            let small = try await tree.diff(range, limits: DiffLimits(file: 10, total: 10))
            #expect(small.count == files.count)
            #expect(small.allSatisfy { $0.patch == nil })
        }
    }

    @Test("files and contents of a commit, not text ones too")
    func files() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(
                at: folder.path + "/user",
                files: Dictionary(uniqueKeysWithValues: Self.names.map { ($0, "text of \($0)") })
            )
            let raw: [UInt8] = [0x66, 0xFF, 0xFE, 0x2E]
            let path = Array(user.path.utf8) + [0x2F] + raw + [0]
            path.withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { name in
                    if let pointer = name.baseAddress { close(open(pointer, O_CREAT | O_WRONLY, 0o644)) }
                }
            }
            try user.write("script", "#!/bin/sh\n")
            chmod(user.path + "/script", 0o755)
            try await user.commit("raw")
            let git = try Workshop.makeGit(folder.path)
            let mirror = Mirror(git, path: folder.path + "/mirror.git")
            try await mirror.refresh(from: user.path)
            let entries = try #require(try await WorkTree(git, path: user.path).files(of: nil)).entries
            #expect(Set(entries.map(\.path)) == Set((Self.names + ["script"]).map { GitPath($0) } + [GitPath(raw)]))
            #expect(entries.first { $0.path == GitPath("script") }?.mode == "100755")
            let unreadable = try #require(entries.first { !$0.path.isText })
            #expect(unreadable.path.bytes == raw)
            for name in Self.names {
                let content = try await mirror.content(of: name, at: "main", limit: 1000)
                #expect(String(decoding: content, as: UTF8.self) == "text of \(name)")
            }
            for name in ["nope", "", "/etc/passwd", "../x", "ünïcode", "a\0b"] {
                await #expect(throws: GitError.noSuchFile(name)) {
                    try await mirror.content(of: name, at: "main", limit: 10)
                }
            }
            await #expect(throws: GitError.outputTooLarge(command: "cat-file")) {
                try await mirror.content(of: "plain.txt", at: "main", limit: 3)
            }
        }
    }

    @Test("20 000 files are all told")
    func many() async throws {
        try await withTemporaryDirectory { folder in
            let user = try await TestRepository(at: folder.path + "/user")
            for part in 0..<20 {
                for index in 0..<1000 { try user.write("d\(part)/file \(index)", "\(index)\n") }
            }
            let tree = WorkTree(try Workshop.makeGit(folder.path), path: user.path)
            #expect(try await tree.status().untracked.count == 20)
            try await tree.stage([])
            #expect(try await tree.status().staged.count == 20_000)
            _ = try await tree.commit("many", author: nil)
            #expect(try await tree.files(of: "HEAD")?.entries.count == 20_001)
            #expect(try await tree.diff(.commits(from: "HEAD~1", to: "HEAD")).count == 20_000)
        }
    }
}
