import CLinux
import Foundation
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("The diff of a session", .timeLimit(.minutes(2)))
struct DiffTests {
    private func files(_ repository: WorkspaceRepository) async throws -> [String: AgentFileDiff] {
        let files = try await repository.diff(withPatches: true).files
        return Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
    }

    @Test("shows changes, deletions and new files, committed or not, but not ignored ones")
    func kinds() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("one\n2\nthree\n", to: "a.txt")
            try await fixture.git("commit", "--quiet", "--all", "-m", "by the agent", in: fixture.workspace)
            try FileManager.default.removeItem(atPath: fixture.workspace + "/sub/b.txt")
            try fixture.write("*.log\n", to: ".gitignore")
            try fixture.write("noise\n", to: "x.log")
            try fixture.write("ü\nno newline", to: "a b/\"ü\".txt")
            let before = try await fixture.state()
            let diff = try await repository.diff(withPatches: true)
            #expect(diff.stats == .init(filesChanged: 4, additions: 4, deletions: 2))
            #expect(diff.files.map(\.path) == [".gitignore", "a b/\"ü\".txt", "a.txt", "sub/b.txt"])
            #expect(diff.files.map(\.status) == [.added, .added, .modified, .deleted])
            #expect(
                diff.files[1].patch?.hasSuffix("@@ -0,0 +1,2 @@\n+ü\n+no newline\n\\ No newline at end of file\n")
                    == true
            )
            #expect(diff.files[2].patch?.hasPrefix("diff --git a/a.txt b/a.txt\n") == true)
            #expect(try await fixture.state() == before, "reading changes nothing")
        }
    }

    @Test("knows binaries, renames, modes, links and changes of kind")
    func odd() async throws {
        let long = (1...50).map { "line \($0)\n" }.joined()
        try await RepositoryFixture.run(files: ["a.txt": long, "run.sh": "echo\n", "f": "file\n", "e": "e\n"]) {
            fixture in
            let repository = try await fixture.prepared()
            try Data([0, 1, 2, 255]).write(to: URL(filePath: fixture.workspace + "/bin"))
            try FileManager.default.moveItem(atPath: fixture.workspace + "/a.txt", toPath: fixture.workspace + "/z.txt")
            #expect(chmod(fixture.workspace + "/run.sh", 0o755) == 0)
            #expect(symlink("run.sh", fixture.workspace + "/link") == 0)
            #expect(unlink(fixture.workspace + "/f") == 0 && symlink("e", fixture.workspace + "/f") == 0)
            let files = try await files(repository)
            #expect(Set(files.keys) == ["bin", "z.txt", "run.sh", "link", "f"])
            #expect(files["bin"]?.binary == true && files["bin"]?.additions == 0)
            #expect(files["bin"]?.patch?.contains("Binary files /dev/null and b/bin differ") == true)
            #expect(files["z.txt"]?.status == .renamed && files["z.txt"]?.oldPath == "a.txt")
            #expect(files["z.txt"]?.patch?.contains("rename from a.txt\nrename to z.txt\n") == true)
            #expect(files["run.sh"]?.patch?.contains("old mode 100644\nnew mode 100755\n") == true)
            #expect(files["link"]?.patch?.contains("new file mode 120000\n") == true)
            #expect(files["link"]?.patch?.contains("+run.sh\n") == true)
            #expect(files["f"]?.patch?.contains("deleted file mode 100644\n") == true)
            #expect(files["f"]?.patch?.contains("new file mode 120000\n") == true)
            let names = try await repository.diff(withPatches: false).files
            #expect(names.contains(AgentFileDiff(path: "z.txt", oldPath: "a.txt", status: .renamed)))
        }
    }

    @Test("of one file has its patch, and says when there is none")
    func single() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write("changed\n", to: "a.txt")
            let file = try await repository.diff(of: "a.txt")
            #expect(file.status == .modified && file.additions == 1 && file.deletions == 3)
            #expect(file.patch?.contains("+changed\n") == true)
            for path in ["sub/b.txt", "nowhere", "*.txt"] {
                let other = try await repository.diff(of: path)
                #expect(other.status == .unchanged && other.patch == "")
            }
        }
    }

    @Test("leaves out the patch of a huge file, not its counts")
    func huge() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try fixture.write(String(repeating: "0123456789\n", count: 200_000), to: "huge.txt")
            try fixture.write("small\n", to: "small.txt")
            let files = try await files(repository)
            #expect(files["huge.txt"]?.additions == 200_000 && files["huge.txt"]?.patch == nil)
            #expect(files["small.txt"]?.patch != nil)
            #expect(try await repository.diff(of: "huge.txt").patch?.utf8.count ?? 0 > 2_000_000)
        }
    }

    @Test("survives a repository inside without a commit, and an unreadable file")
    func unaddable() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            try await fixture.git("init", "--quiet", "inner", in: fixture.workspace)
            try fixture.write("x\n", to: "other.txt")
            #expect(try await files(repository)["other.txt"]?.status == .added)
        }
    }

    @Test("sees a change that left size and time as they were")
    func racy() async throws {
        try await RepositoryFixture.run { fixture in
            let repository = try await fixture.prepared()
            for round in 0..<20 {
                try fixture.write("\(round % 10)ne\ntwo\nthree\n", to: "a.txt")
                #expect(try await repository.diff(of: "a.txt").patch?.contains("+\(round % 10)ne") == true)
                try await fixture.git("add", "a.txt", in: fixture.workspace)
            }
        }
    }
}
