import Foundation
import OctobotTestSupport
import Testing

@testable import ConfinedFiles

@Suite("changes in a confined folder", .timeLimit(.minutes(2)))
struct ChangeTests {
    private func withFiles(
        _ rules: ConfinedFolder.Rules = .workspace,
        _ body: (ConfinedFolder, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false)
            try await body(ConfinedFolder(root: path, rules: rules), path.hasSuffix("/") ? path : path + "/")
        }
    }

    @Test("what is refused leaves no folders and no drafts behind")
    func nothingLeft() async throws {
        try await withFiles { files, root in
            _ = try files.write("file", Data())
            let tries: [() -> ConfinedFolder.Refusal?] = [
                { refusal { try files.write("a/b/c", Data(), version: "old") } },
                { refusal { try files.write("a/b/c", Data(), original: Data()) } },
                {
                    refusal {
                        try files.write("a/file/" + String(repeating: "x", count: 300), Data())
                    }
                },
                { refusal { try files.write("file/x/y", Data()) } },
                { refusal { try files.rename("missing", "a/b/c") } },
                {
                    refusal {
                        try files.rename("file", "a/b/" + String(repeating: "x", count: 300))
                    }
                },
            ]
            for (n, attempt) in tries.enumerated() {
                #expect(attempt() != nil, "\(n)")
                #expect(try FileManager.default.subpathsOfDirectory(atPath: root) == ["file"], "\(n)")
            }
        }
    }

    @Test("a file keeps its mode; in a work tree new ones are readable by all")
    func modes() async throws {
        try await withFiles(.workTree(repositories: [])) { files, root in
            func mode(_ name: String) throws -> Int {
                let attributes = try FileManager.default.attributesOfItem(atPath: root + name)
                return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            }
            _ = try files.write("bin/tool", Data("1".utf8))
            #expect(try mode("bin/tool") == 0o644)
            #expect(try mode("bin") == 0o755)
            #expect(chmod(root + "bin/tool", 0o751) == 0)
            _ = try files.write("bin/tool", Data("2".utf8))
            #expect(try mode("bin/tool") == 0o751)
        }
    }

    @Test("a workspace's link is written through and stays; a work tree's is refused")
    func links() async throws {
        try await withFiles { files, root in
            _ = try files.write("real/file", Data("1".utf8))
            try FileManager.default.createSymbolicLink(atPath: root + "link", withDestinationPath: "real/file")
            try FileManager.default.createSymbolicLink(atPath: root + "folder", withDestinationPath: "real")
            #expect(try files.write("link", Data("2".utf8)).path == "link")
            #expect(try files.read("real/file", limit: 9).bytes == Data("2".utf8))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: root + "link") == "real/file")
            let tree = ConfinedFolder(root: root, rules: .workTree(repositories: []))
            #expect(try tree.read("link", limit: 9).bytes == Data("2".utf8))
            #expect(
                refusal { try tree.write("link", Data()) } == .invalid("Is a link")
            )
            #expect(
                refusal { try tree.write("folder/x", Data()) }
                    == .invalid("Invalid path")
            )
            #expect(
                refusal { try files.write("link", Data(), version: "") }
                    == .changed
            )
        }
    }

    @Test("nested deeper than descriptors and stack reach, a tree is deleted; names no text has, too")
    func deep() async throws {
        try await withFiles { files, root in
            let made = try await Command.run(
                "/bin/sh",
                ["-c", "mkdir deep && cd -P deep && for i in $(seq 700); do mkdir d && cd -P d || exit 1; done"],
                directory: root
            )
            #expect(made.status == 0, "\(made.errors)")
            #expect(mkdir(root + "deep/x\u{7F}", 0o700) == 0)
            let odd =
                (root + "deep/").utf8.map { CChar(bitPattern: $0) } + [
                    CChar(bitPattern: 0xFF), CChar(bitPattern: 0xFE), 0,
                ]
            #expect(mkdir(odd, 0o700) == 0)
            #expect(try files.delete("deep").isFolder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root).isEmpty)
        }
    }

    @Test("a pipe and a device are neither opened nor replaced")
    func devices() async throws {
        try await withFiles { files, root in
            #expect(mkfifo(root + "pipe", 0o600) == 0)
            #expect(
                refusal { try files.read("pipe", limit: 9) }
                    == .invalid("Not a regular file")
            )
            #expect(
                refusal { try files.write("pipe", Data()) }
                    == .invalid("Not a regular file")
            )
            let isFolder = try files.delete("pipe").isFolder
            #expect(!isFolder)
        }
    }
}
