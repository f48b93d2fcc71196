import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Mirrors and clones", .timeLimit(.minutes(2)))
struct MirrorTests {
    @Test("a mirror has branches, tags and HEAD, follows deletions, and links nothing")
    func refreshed() async throws {
        try await withWorkshop { shop in
            try await shop.user.git("tag", "v1")
            try await shop.user.git("branch", "side")
            try await shop.mirror.refresh(from: shop.user.path)
            let mirror = TestRepository(existing: shop.mirror.path)
            #expect(try await mirror.git("rev-parse", "HEAD", "v1", "side").split(separator: "\n").count == 3)
            try await shop.user.git("branch", "-D", "side")
            try await shop.user.git("branch", "side/deeper")
            try await shop.user.git("checkout", "--quiet", "side/deeper")
            try await shop.mirror.refresh(from: shop.user.path)
            #expect(try await mirror.git("symbolic-ref", "HEAD") == "refs/heads/side/deeper")
            let files = try #require(FileManager.default.enumerator(atPath: shop.mirror.path))
            for case let name as String in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: shop.mirror.path + "/" + name)
                guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
                #expect(attributes[.referenceCount] as? Int == 1, "\(name)")
            }
        }
    }

    @Test("a pinned commit outlives its branch, also a thorough collection of garbage")
    func pinned() async throws {
        try await withWorkshop { shop in
            let base = try await shop.user.head()
            try await shop.mirror.pin(base, as: .base, session: "s-1")
            #expect(try await shop.mirror.pinned(.base, session: "s-1") == base)
            try await shop.user.git("commit", "--quiet", "--amend", "--message", "rewritten")
            try await shop.mirror.refresh(from: shop.user.path)
            let mirror = TestRepository(existing: shop.mirror.path)
            try await mirror.git("gc", "--quiet", "--prune=now")
            #expect(try await mirror.git("cat-file", "-t", base) == "commit")
            try await shop.mirror.unpin(.base, session: "s-1")
            try await shop.mirror.unpin(.base, session: "s-1")
            #expect(try await shop.mirror.pinned(.base, session: "s-1") == nil)
            await #expect(throws: GitError.self) { try await shop.mirror.pin(base, as: .base, session: "../heads/x") }
            await #expect(throws: GitError.self) { try await shop.mirror.pin("--all", as: .base, session: "s-1") }
        }
    }

    @Test("a mirror is there whole or not at all, and half ones are cleaned away")
    func partial() async throws {
        try await withWorkshop { shop in
            let mirror = Mirror(shop.git, path: shop.folder + "/mirrors/x.git")
            await #expect(throws: GitError.self) { try await mirror.refresh(from: shop.folder + "/nowhere") }
            #expect(!FileManager.default.fileExists(atPath: mirror.path))
            let left = mirror.path + ".partial-dead"
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
            try await mirror.refresh(from: shop.user.path)
            #expect(!FileManager.default.fileExists(atPath: left))
            try await mirror.remove()
            try await mirror.remove()
            #expect(!FileManager.default.fileExists(atPath: mirror.path))
        }
    }

    @Test("a URL is cloned through the user's ssh, once; an interrupted clone is done again")
    func cloned() async throws {
        try await withWorkshop { shop in
            // Stands in for ssh: runs what the other side would, on this machine.
            let ssh = shop.folder + "/ssh"
            try Data(
                "#!/bin/sh\necho called >> '\(shop.folder)/calls'\nfor last; do :; done\nexec sh -c \"$last\"\n".utf8
            )
            .write(to: URL(filePath: ssh))
            chmod(ssh, 0o755)
            let git = try Workshop.makeGit(shop.folder, environment: ["GIT_SSH_COMMAND": ssh])
            let place = shop.folder + "/clones/p/w1"
            try FileManager.default.createDirectory(
                atPath: place + ".partial-x/.git",
                withIntermediateDirectories: true
            )
            let url = "ssh://example.org" + shop.user.path
            try await git.clone(url, to: place)
            try await git.clone(url, to: place)
            #expect(try TestRepository(existing: place).read("a.txt") == "one\n")
            #expect(try String(contentsOfFile: shop.folder + "/calls", encoding: .utf8) == "called\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: shop.folder + "/clones/p") == ["w1"])

            await #expect(throws: GitError.self) {
                try await git.clone("ssh://example.org/no/such", to: shop.folder + "/clones/p/w2")
            }
            for refused in [shop.user.path, "file://" + shop.user.path, "--upload-pack=x"] {
                await #expect(throws: GitError.self) { try await git.clone(refused, to: shop.folder + "/clones/p/w2") }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: shop.folder + "/clones/p") == ["w1"])

            try FileManager.default.createSymbolicLink(
                atPath: shop.folder + "/clones/p/link",
                withDestinationPath: shop.user.path
            )
            for outside in [shop.user.path, shop.folder + "/clones/p/link", shop.folder + "/clones"] {
                await #expect(throws: GitError.self) {
                    try await git.removeClone(outside, within: shop.folder + "/clones")
                }
            }
            #expect(try await shop.user.status() == "")
            try await git.removeClone(place, within: shop.folder + "/clones")
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }
}
