import ConfinedFiles
import Foundation
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Files of the workspace")
struct WorkspaceFilesTests {
    private func withFiles(_ body: (WorkspaceFiles, URL) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "root")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            try Data("secret".utf8).write(to: folder.appending(path: "outside"))
            try await body(WorkspaceFiles(root: root.path), root)
        }
    }

    @Test("a file is written, listed, read, renamed and deleted")
    func life() async throws {
        try await withFiles { files, _ in
            let written = try files.write("a/b/..x", Data("hi".utf8))
            #expect(written.size == 2)
            #expect(try files.list("a/b", hidden: false).entries.isEmpty)
            #expect(try files.list("a/b", hidden: true).entries.map(\.name) == ["..x"])
            #expect(try files.read("a/b/..x").content == "hi")
            #expect(try files.rename("a/b/..x", "c/d.txt").newPath == "c/d.txt")
            #expect(try files.list(".", hidden: false).entries.map(\.name) == ["a", "c"])
            #expect(try files.delete("a").type == .directory)
            #expect(throws: WorkspaceFiles.Refusal.notFound("File not found")) { try files.read("a/b") }
            #expect(throws: WorkspaceFiles.Refusal.invalid("Is a directory")) { try files.read("c") }
            #expect(throws: WorkspaceFiles.Refusal.invalid("Cannot delete workspace root")) { try files.delete("./") }
        }
    }

    @Test("bytes that are no text come as base64")
    func binary() async throws {
        try await withFiles { files, _ in
            _ = try files.write("x.txt", Data([0xFF, 0x00]))
            #expect(try files.read("x.txt").encoding == .base64)
            #expect(try files.read("x.txt").content == "/wA=")
        }
    }

    @Test(
        "paths that lead out are refused",
        arguments: [
            "/etc/passwd", "../outside", "a/../../outside", "\\x", "link", "folder/outside", "proc/self/environ",
            "a\0b",
        ]
    )
    func escapes(path: String) async throws {
        try await withFiles { files, root in
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: root.path + "/link", withDestinationPath: "../outside")
            try manager.createSymbolicLink(atPath: root.path + "/folder", withDestinationPath: "..")
            try manager.createSymbolicLink(atPath: root.path + "/proc", withDestinationPath: "/proc")
            #expect(throws: WorkspaceFiles.Refusal.invalid("Invalid path")) { try files.read(path) }
            #expect(throws: WorkspaceFiles.Refusal.self) { try files.write(path, Data("x".utf8)) }
            #expect(throws: WorkspaceFiles.Refusal.self) { try files.list(path, hidden: true) }
            #expect(try String(contentsOf: root.appending(path: "../outside"), encoding: .utf8) == "secret")
        }
    }

    @Test("links are deleted, what they point to stays; links inside work")
    func links() async throws {
        try await withFiles { files, root in
            _ = try files.write("real/x", Data("1".utf8))
            try FileManager.default.createSymbolicLink(atPath: root.path + "/inner", withDestinationPath: "real")
            try FileManager.default.createSymbolicLink(atPath: root.path + "/real/up", withDestinationPath: "../..")
            #expect(try files.read("inner/x").content == "1")
            _ = try files.delete("real")
            #expect(FileManager.default.fileExists(atPath: root.path + "/../outside"))
            #expect(try files.delete("inner").type == .file)
        }
    }
}
