import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Patches", .timeLimit(.minutes(2)))
struct PatchTests {
    @Test("commits are made anew in the mirror: same files, authors and words, and nothing in the user's repository")
    func applied() async throws {
        try await withWorkshop { shop in
            let session = shop.session
            let base = try await session.head()
            let before = try await shop.user.git("count-objects", "-v")
            try session.write("a.txt", "one\r\ntwo\r\n")
            try session.write("caf\u{e9}.txt", "\u{fc}\n")
            try session.write("latin.txt", Data([0x66, 0xFC, 0x0A]))
            try await session.commit("[ui] Add a line\n\nFrom: nobody\n\nWith a body.")
            try session.write("image.bin", Data((0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7919) }))
            try await session.git("mv", "gone.txt", "moved.txt")
            try await session.git("rm", "--quiet", "d/x.txt")
            try session.write("d", "a file now\n")
            try session.write("run.sh", "#!/bin/sh\n")
            chmod(session.path + "/run.sh", 0o755)
            chmod(session.path + "/a.txt", 0o755)
            try FileManager.default.createSymbolicLink(
                atPath: session.path + "/link",
                withDestinationPath: "a.txt"
            )
            try await session.commit("Binary, rename, modes, a link")

            let committer = GitIdentity(name: "Carl", email: "carl@example.org")
            let new = try await shop.mirror.apply(
                try await session.series(since: base),
                onto: base,
                committer: committer
            )
            let mirror = TestRepository(existing: shop.mirror.path)
            #expect(try await mirror.git("rev-parse", new + "^{tree}") == session.git("rev-parse", "HEAD^{tree}"))
            #expect(
                try await mirror.git("log", "--format=%an %cn %s", "\(base)..\(new)").split(separator: "\n") == [
                    "Ann Carl Binary, rename, modes, a link", "Ann Carl [ui] Add a line",
                ]
            )
            #expect(try await mirror.git("log", "-1", "--format=%at", new) == session.git("log", "-1", "--format=%at"))
            #expect(try await mirror.git("log", "-1", "--format=%b", new + "~").contains("With a body."))
            #expect(try await shop.user.git("count-objects", "-v") == before)

            try await shop.tree.receive(try await shop.mirror.pack(from: base, to: new))
            #expect(try await shop.user.git("rev-parse", new + "^{tree}") == session.git("rev-parse", "HEAD^{tree}"))
            #expect(try await shop.user.head() == base)
            #expect(try await shop.user.status() == "")
        }
    }

    @Test("a series of another length than announced, garbage, nothing and too much are refused")
    func series() async throws {
        try await withWorkshop { shop in
            let base = try await shop.session.head()
            try shop.session.write("b.txt", "b")
            try await shop.session.commit("b")
            let good = try await shop.session.series(since: base)
            let wrong = [
                try PatchSeries(mailbox: good.mailbox, count: 2),
                try PatchSeries(mailbox: Array("hello".utf8), count: 1),
                try PatchSeries(mailbox: [], count: 1),
            ]
            for series in wrong {
                await #expect(throws: GitError.self) {
                    try await shop.mirror.apply(series, onto: base, committer: .fallback)
                }
            }
            #expect(throws: GitError.self) { try PatchSeries(mailbox: good.mailbox, count: 0) }
            #expect(throws: GitError.self) {
                try PatchSeries(mailbox: [UInt8](repeating: 0, count: PatchSeries.maximumSize + 1), count: 1)
            }
        }
    }

    @Test(
        "paths out of the repository or into .git are refused, however they are spelt",
        arguments: [
            "../evil", "x/../../evil", "/tmp/evil", ".git/hooks/post-checkout", ".GIT/config", "sub/.git/config",
            ".git /config", ".git./config", "git~1/config", ".g\u{200c}it/config", ".git::$INDEX_ALLOCATION/config",
            ".git", "d/./x", ".git\\hooks\\x",
        ]
    )
    func paths(path: String) async throws {
        try await withWorkshop { shop in
            try await expectRefusal(of: Self.mail(adding: path, mode: "100644", line: "evil"), shop)
        }
    }

    @Test(
        "links out of the repository or into .git are refused",
        arguments: ["/etc/passwd", "../../etc", "..", "d/../../x", ".git/config", "d/.GIT"]
    )
    func links(target: String) async throws {
        try await withWorkshop { shop in
            try await expectRefusal(of: Self.mail(adding: "link", mode: "120000", line: target, endsLine: false), shop)
        }
    }

    @Test("links that stay inside are taken")
    func innerLinks() async throws {
        try await withWorkshop { shop in
            let base = try await shop.user.head()
            let mail = Self.mail(adding: "deep/er/link", mode: "120000", line: "../../d/x.txt", endsLine: false)
            let new = try await shop.mirror.apply(
                try PatchSeries(mailbox: Array(mail.utf8), count: 1),
                onto: base,
                committer: .fallback
            )
            let entry = try await TestRepository(existing: shop.mirror.path).git("ls-tree", new, "deep/er/link")
            #expect(entry.hasPrefix("120000"))
        }
    }

    @Test("a path through a link, a submodule and a patch that does not fit are refused")
    func others() async throws {
        try await withWorkshop { shop in
            let through =
                Self.mail(adding: "out", mode: "120000", line: "d", endsLine: false)
                + Self.mail(adding: "out/evil", mode: "100644", line: "evil")
            try await expectRefusal(of: through, count: 2, shop)
            let commit = try await shop.user.head()
            let submodule = Self.mail(adding: "sub", mode: "160000", line: "Subproject commit \(commit)")
            try await expectRefusal(of: submodule, shop)
            let misfit = Self.mail(adding: "a.txt", mode: "100644", line: "there already")
            try await expectRefusal(of: misfit, shop)
        }
    }

    /// One mail as format-patch would write it.
    private static func mail(adding path: String, mode: String, line: String, endsLine: Bool = true) -> String {
        """
        From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
        From: Mallory <m@example.org>
        Date: Mon, 2 Mar 2026 10:00:00 +0000
        Subject: [PATCH] Add a file

        ---
         x | 1 +
         1 file changed, 1 insertion(+)

        diff --git a/\(path) b/\(path)
        new file mode \(mode)
        index 0000000000000000000000000000000000000000..1111111111111111111111111111111111111111
        --- /dev/null
        +++ b/\(path)
        @@ -0,0 +1 @@
        +\(line)
        \(endsLine ? "" : "\\ No newline at end of file\n")--
        2.39.5


        """
    }

    private func expectRefusal(of mail: String, count: Int = 1, _ shop: Workshop) async throws {
        let base = try await shop.user.head()
        let series = try PatchSeries(mailbox: Array(mail.utf8), count: count)
        do {
            let new = try await shop.mirror.apply(series, onto: base, committer: .fallback)
            Issue.record("taken: \(new)")
        } catch .patchRefused(let reason) {
            #expect(!reason.isEmpty)
        }
    }
}
