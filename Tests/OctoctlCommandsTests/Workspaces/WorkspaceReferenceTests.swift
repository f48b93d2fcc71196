import ArgumentParser
import Foundation
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctoctlCommands

@Suite("what -w means", .timeLimit(.minutes(1)))
struct WorkspaceReferenceTests {
    /// A folder with the repositories that differ: plain, worktree, submodule.
    private func withRepositories(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let root = FilePath.canonical(folder.path(percentEncoded: false))
            let identity = ["-c", "user.name=T", "-c", "user.email=t@localhost", "-c", "protocol.file.allow=always"]
            func git(_ arguments: String...) async throws {
                _ = try await Command.output("/usr/bin/env", ["git"] + identity + arguments, directory: root)
            }
            try await git("init", "-q", "-b", "main", "plain")
            try await git("-C", "plain", "commit", "-q", "--allow-empty", "-m", "Empty")
            try await git("-C", "plain", "worktree", "add", "-q", root + "/linked")
            try await git("init", "-q", "-b", "main", "outer")
            try await git("-C", "outer", "submodule", "--quiet", "add", root + "/plain", "inner")
            for path in ["plain/src/deep", "linked/src", "outer/inner/src", "nothing/.git"] {
                try FileManager.default.createDirectory(atPath: root + "/" + path, withIntermediateDirectories: true)
            }
            try FileManager.default.createSymbolicLink(atPath: root + "/link", withDestinationPath: "plain/src")
            try await body(root)
        }
    }

    @Test("a path climbs to the root of its work tree, whatever kind it is")
    func climbing() async throws {
        try await withRepositories { root in
            let cases = [
                ("plain", "plain"), ("plain/src/deep", "plain"), ("./plain/../plain/src", "plain"), ("link", "plain"),
                ("linked/src", "linked"), ("outer/inner/src", "outer/inner"), ("outer", "outer"),
            ]
            for (path, expected) in cases {
                let relative = try WorkspaceReference(path, from: root)
                let absolute = try WorkspaceReference("\(root)/\(path)", from: "/")
                #expect(relative == .folder("\(root)/\(expected)"), "\(path)")
                #expect(absolute == relative, "\(path)")
            }
            let current = try WorkspaceReference(".", from: root + "/plain/src")
            #expect(current == .folder(root + "/plain"))
            // A folder named .git without a repository in it is none.
            let odd = try WorkspaceReference("nothing", from: root)
            #expect(odd == .folder(root + "/nothing"))
        }
    }

    @Test("a path that is no folder is refused, and no folder is made")
    func missing() async throws {
        try await withRepositories { root in
            for path in ["./none", "plain/none", "\(root)/none", "~/no-such-folder-of-mine"] {
                let failure = #expect(throws: Failure.self) { try WorkspaceReference(path, from: root) }
                #expect(failure?.status == 3)
            }
            #expect(!FileManager.default.fileExists(atPath: root + "/none"))
        }
    }

    @Test(
        "URLs are URLs and other words are ids",
        arguments: [
            ("https://example.org/a.git", .url("https://example.org/a.git")),
            ("ssh://git@example.org/a", .url("ssh://git@example.org/a")),
            ("git@example.org:ada/engine.git", .url("git@example.org:ada/engine.git")),
            ("0b1f3c62-9f1f-4c46-a6a4-0f2f3b0a4f11", .id("0b1f3c62-9f1f-4c46-a6a4-0f2f3b0a4f11")),
            ("no-such-folder-here", .id("no-such-folder-here")),
        ] as [(String, WorkspaceReference)]
    )
    func words(text: String, expected: WorkspaceReference) throws {
        #expect(try WorkspaceReference(text, from: "/") == expected)
    }

    @Test("a folder means the workspaces whose files are there, however they were named")
    func matching() async throws {
        try await withRepositories { root in
            func workspace(_ path: String, _ type: SourceType = .local, workDir: String? = nil) -> Workspace {
                let zero = Timestamp(milliseconds: 0)
                return Workspace(
                    id: "w",
                    projectID: .local,
                    path: path,
                    sourceType: type,
                    provider: "local",
                    status: .ready,
                    workDir: workDir,
                    createdAt: zero,
                    updatedAt: zero
                )
            }
            let reference = try WorkspaceReference("link", from: root)
            #expect(workspace(root + "/plain").isMeant(by: reference))
            #expect(workspace(root + "/link", workDir: root + "/plain").isMeant(by: reference))
            #expect(!workspace(root + "/linked").isMeant(by: reference))
            #expect(!workspace(root + "/plain", .git).isMeant(by: reference))
            #expect(workspace("https://x/y", .git).isMeant(by: .url("https://x/y")))
            #expect(workspace("/gone").isMeant(by: .id("w")))
        }
    }

    @Test("without -w the current folder's repository is meant; outside of one that is wrong usage")
    func currentFolder() async throws {
        try await withRepositories { root in
            let options = try ChatOptions.parse([])
            let reference = try options.reference(from: root + "/plain/src")
            #expect(reference == .folder(root + "/plain"))
            let failure = #expect(throws: Failure.self) { try options.reference(from: root) }
            #expect(failure?.status == 64)
        }
    }

    @Test("an agent is found by id, then by type with the default first; without any the installed types are named")
    func agents() {
        func agent(_ id: AgentID, _ type: String, _ isDefault: Bool = false) -> Agent {
            let zero = Timestamp(milliseconds: 0)
            return Agent(
                id: id,
                projectID: .local,
                agentType: type,
                isDefault: isDefault,
                createdAt: zero,
                updatedAt: zero
            )
        }
        let agents = [agent("a1", "demo"), agent("a2", "demo", true), agent("demo", "codex")]
        #expect(Connected.choose("a1", from: agents)?.id == "a1")
        #expect(Connected.choose("demo", from: agents)?.id == "demo")
        #expect(Connected.choose("codex", from: agents)?.id == "demo")
        #expect(Connected.choose("demo", from: Array(agents.prefix(2)))?.id == "a2")
        #expect(Connected.choose("goose", from: agents) == nil)
        let types = [
            AgentType(id: "demo", name: "Demo", description: "", command: nil, installed: true),
            AgentType(id: "codex", name: "Codex", description: "", command: ["codex-acp"], installed: true),
            AgentType(id: "goose", name: "goose", description: "", command: ["goose"], installed: false),
        ]
        let failure = Connected.noAgent(types)
        #expect(failure.message.contains("codex, demo") && !failure.message.contains("goose"))
        #expect(failure.status == 64)
    }
}
