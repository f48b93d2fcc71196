import Foundation
import OctobotTestSupport
import Testing

@testable import ConfinedFiles

/// Nothing outside a folder is read, written, moved or deleted through it, however the path is written.
@Suite("paths that lead out", .timeLimit(.minutes(3)))
struct TraversalTests {
    private func withGames(
        _ rules: ConfinedFolder.Rules,
        _ body: (ConfinedFolder, LinkGames) throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.resolvingSymlinksInPath().path(percentEncoded: false)
            let top = path.hasSuffix("/") ? String(path.dropLast()) : path
            let games = try LinkGames(in: top, root: top + "/root")
            let before = try games.state()
            try body(ConfinedFolder(root: games.root, rules: rules), games)
            #expect(try games.state() == before)
        }
    }

    @Test("there are enough of them")
    func count() {
        #expect(Set(TraversalPaths.all).count >= 300)
        #expect(Set(TraversalPaths.queries).count >= 300)
    }

    @Test("every path, read and listed, in both kinds of folder", arguments: [false, true])
    func reading(isWorkTree: Bool) async throws {
        try await withGames(isWorkTree ? .workTree(repositories: []) : .workspace) { folder, games in
            for path in TraversalPaths.all {
                do {
                    let content = try folder.read(path, limit: 1 << 20)
                    #expect(!games.shows(String(decoding: content.bytes, as: UTF8.self)), "\(path)")
                } catch let error as ConfinedFolder.Refusal {
                    #expect(error != .changed && error != .diskFull, "\(path)")
                }
                do {
                    let names = try folder.list(path, hidden: true).entries.map(\.name)
                    #expect(!names.contains("canary") || names.contains("sub"), "\(path): \(names)")
                    #expect(!names.contains("passwd") && !names.contains("environ"), "\(path): \(names)")
                } catch let error as ConfinedFolder.Refusal {
                    #expect(error != .changed && error != .diskFull, "\(path)")
                }
            }
        }
    }

    @Test("every path, written, renamed from and to, and deleted, in both kinds of folder", arguments: [false, true])
    func changing(isWorkTree: Bool) async throws {
        try await withGames(isWorkTree ? .workTree(repositories: []) : .workspace) { folder, games in
            let before = try games.state()
            for path in TraversalPaths.all {
                try games.deal()
                _ = refusal { try folder.write(path, Data("mine".utf8)) }
                _ = refusal {
                    try folder.write(path, Data("mine".utf8), version: "")
                }
                _ = refusal { try folder.rename("sub/inside", path) }
                try games.deal()
                _ = refusal { try folder.rename(path, "sub/got") }
                _ = refusal {
                    let got = try folder.read("sub/got", limit: 1 << 20)
                    #expect(!games.shows(String(decoding: got.bytes, as: UTF8.self)), "\(path)")
                }
                _ = refusal {
                    try folder.write("sub/inside", Data("inside\n".utf8))
                }
                #expect(try games.state() == before, "\(path)")
            }
            for path in TraversalPaths.all {
                try games.deal()
                _ = refusal { try folder.delete(path) }
                #expect(try games.state() == before, "\(path)")
            }
        }
    }

    @Test("a link that leads out tells nothing of what it leads to")
    func listing() async throws {
        try await withGames(.workspace) { folder, _ in
            let entries = try folder.list(".", hidden: true).entries
            func entry(_ name: String) -> ConfinedFolder.Entry? { entries.first { $0.name == name } }
            for name in ["up", "outside", "canary", "absolute", "proc", "chain0", "dangling", "loop", "etc"] {
                #expect(entry(name) == ConfinedFolder.Entry(name: name, isFolder: false, size: nil))
            }
            #expect(entry("inner") == ConfinedFolder.Entry(name: "inner", isFolder: true, size: nil))
        }
    }

    @Test(
        "the repository of a work tree is not reached, by whatever way",
        arguments: [
            ".git/config", ".GIT/config", ".Git/hooks/pre-commit", "./.git/config", "sub/.git/config", ".git",
            ".git/\u{301}x", "a/../.git/config",
            "link/config", "linked/config", "state/config", "config-link", "sub/../.git/config",
        ]
    )
    func repository(path: String) async throws {
        try await withTemporaryDirectory { folder in
            let top = folder.resolvingSymlinksInPath().path(percentEncoded: false)
            let root = (top.hasSuffix("/") ? String(top.dropLast()) : top) + "/root"
            let manager = FileManager.default
            for name in [".git/hooks", "sub/.git", "state"] {
                try manager.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
            }
            for name in [".git/config", "sub/.git/config", "state/config"] {
                try Data("secret".utf8).write(to: URL(filePath: root + "/" + name))
            }
            try manager.createSymbolicLink(atPath: root + "/link", withDestinationPath: ".git")
            try manager.createSymbolicLink(atPath: root + "/linked", withDestinationPath: "state")
            try manager.createSymbolicLink(atPath: root + "/config-link", withDestinationPath: ".git/config")
            let files = ConfinedFolder(root: root, rules: .workTree(repositories: [root + "/state"]))
            #expect(
                refusal { try files.read(path, limit: 99) }
                    == .invalid("Invalid path")
            )
            #expect(refusal { try files.write(path, Data()) } != nil)
            for name in [".git/config", "sub/.git/config", "state/config"] {
                #expect(try String(contentsOfFile: root + "/" + name, encoding: .utf8) == "secret")
            }
            #expect(try manager.subpathsOfDirectory(atPath: root + "/.git").sorted() == ["config", "hooks"])
        }
    }
}

/// What is refused, if it is.
func refusal(_ body: () throws -> some Any) -> ConfinedFolder.Refusal? {
    do {
        _ = try body()
        return nil
    } catch let refusal as ConfinedFolder.Refusal {
        return refusal
    } catch {
        Issue.record("no refusal: \(error)")
        return nil
    }
}
