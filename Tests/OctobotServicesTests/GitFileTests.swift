import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Files of working copies", .timeLimit(.minutes(3)))
struct GitFileTests {
    /// Runs `body` with the working copy of a workspace.
    private func withCopy(_ body: @escaping @Sendable (Life, WorkspaceID) async throws -> Void) async throws {
        try await withHouse { house in
            try await house.live { life in try await body(life, try await life.makeWorkspace().id) }
        }
    }

    private func read(
        _ life: Life,
        _ id: WorkspaceID,
        _ path: String,
        ref: String? = nil,
        offset: Int? = nil,
        length: Int? = nil
    ) async throws -> GitFile {
        try await life.services.git.read(
            ReadGitFile.Params(workspaceID: id, path: path, ref: ref, offset: offset, length: length),
            life.call
        )
    }

    private func write(
        _ life: Life,
        _ id: WorkspaceID,
        _ path: String,
        _ content: String,
        encoding: ContentEncoding? = nil,
        version: String? = nil,
        original: String? = nil
    ) async throws -> WrittenFile {
        try await life.services.git.write(
            WriteGitFile.Params(
                workspaceID: id,
                path: path,
                content: content,
                encoding: encoding,
                version: version,
                originalContent: original
            ),
            life.call
        )
    }

    @Test("a file is read from the work tree and from a commit, whole and in parts")
    func reading() async throws {
        try await withCopy { life, id in
            let user = life.house.user
            try user.write("a.txt", "two\n")
            try user.write("sub dir/ünï", Data([0xFF, 0x00]))
            let now = try await read(life, id, "./a.txt")
            #expect(now.path == "a.txt" && now.ref.isEmpty && now.content == "two\n" && now.encoding == .utf8)
            #expect(now.size == 4 && now.version != nil)
            let then = try await read(life, id, "a.txt", ref: "HEAD")
            #expect(then == GitFile(path: "a.txt", ref: "HEAD", content: "one\n", encoding: .utf8, size: 4))
            #expect(try await read(life, id, "a.txt", ref: "HEAD", offset: 1, length: 2).content == "ne")
            #expect(try await read(life, id, "a.txt", offset: 1, length: 2).content == "wo")
            #expect(try await read(life, id, "a.txt", offset: 9, length: .max).content.isEmpty)
            #expect(try await read(life, id, "sub dir/ünï").content == "/wA=")
            #expect(await fault { _ = try await read(life, id, "no") }?.kind == .notFound)
            #expect(await fault { _ = try await read(life, id, "no", ref: "main") }?.kind == .notFound)
            #expect(await fault { _ = try await read(life, id, "sub dir") }?.kind == .invalidParams)
            let unknown = await fault { _ = try await read(life, id, "a.txt", ref: "nope") }
            #expect(unknown?.reason == "git.unknownRevision")
            #expect(await fault { _ = try await read(life, "nope", "a.txt") }?.kind == .notFound)
            let large = user.path + "/large"
            #expect(FileManager.default.createFile(atPath: large, contents: Data(count: (10 << 20) + 1)))
            #expect(await fault { _ = try await read(life, id, "large") }?.kind == .requestTooLarge)
            #expect(try await read(life, id, "large", offset: 10 << 20).content == "AA==")
        }
    }

    @Test("a file is written whole, with the folders above it; it keeps its mode and nothing is staged")
    func writing() async throws {
        try await withCopy { life, id in
            let user = life.house.user
            let written = try await write(life, id, "new/er/file", "aGk=", encoding: .base64)
            #expect(written.size == 2 && written.path == "new/er/file")
            #expect(try user.read("new/er/file") == "hi")
            #expect(try await read(life, id, "new/er/file").version == written.version)
            #expect(chmod(user.path + "/a.txt", 0o755) == 0)
            _ = try await write(life, id, "a.txt", "two\n")
            #expect(access(user.path + "/a.txt", X_OK) == 0)
            #expect(try await user.git("diff", "--cached", "--name-only").isEmpty)
            let left = try FileManager.default.subpathsOfDirectory(atPath: user.path).filter {
                $0.contains(".octobot-")
            }
            #expect(left.isEmpty)
            let wrong = await fault { _ = try await write(life, id, "x", "§", encoding: .base64) }
            #expect(wrong?.kind == .invalidParams)
            let large = String(repeating: "x", count: WriteGitFile.largestFile + 1)
            #expect(await fault { _ = try await write(life, id, "x", large) }?.kind == .requestTooLarge)
            #expect(!user.exists("x"))
        }
    }

    @Test("a writer who comes late is told what is there, and changes nothing; of many, one wins")
    func conflict() async throws {
        try await withCopy { life, id in
            let version = try await read(life, id, "a.txt").version
            _ = try await write(life, id, "a.txt", "two\n", version: version)
            let late = await fault { _ = try await write(life, id, "a.txt", "mine\n", version: version) }
            #expect(late?.kind == .versionConflict && late?.details["currentContent"] == "two\n")
            let other = await fault { _ = try await write(life, id, "a.txt", "mine\n", original: "one\n") }
            #expect(other?.kind == .versionConflict)
            #expect(await fault { _ = try await write(life, id, "a.txt", "x", version: "") }?.kind == .versionConflict)
            #expect(try life.house.user.read("a.txt") == "two\n")
            _ = try await write(life, id, "a.txt", "three\n", original: "two\n")
            _ = try await write(life, id, "fresh/file", "x", version: "")
            let wins = await withTaskGroup(of: Bool.self) { group in
                for n in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await write(life, id, "a.txt", "\(n)", original: "three\n")
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
        }
    }

    @Test("no path and no link leads out of the working copy or into its repository")
    func traversal() async throws {
        try await withCopy { life, id in
            let games = try LinkGames(in: life.house.folder, root: life.house.user.path)
            let before = try games.state()
            let head = try await life.house.user.head()
            let configuration = try life.house.user.read(".git/config")
            let inner = [
                ".git/config", ".GIT/config", "sub/../.git/config", ".git", ".git/hooks/post-checkout", "./.git/x",
            ]
            for path in TraversalPaths.all + inner {
                for ref in [nil, "HEAD"] {
                    do {
                        let file = try await read(life, id, path, ref: ref)
                        #expect(!games.shows(file.content) && !file.content.contains("[core]"), "\(path)")
                    } catch let fault as Fault {
                        #expect(
                            [.notFound, .invalidParams, .permissionDenied].contains(fault.kind),
                            "\(path): \(fault)"
                        )
                    }
                }
                do {
                    _ = try await write(life, id, path, "mine")
                } catch let fault as Fault {
                    #expect([.notFound, .invalidParams, .permissionDenied].contains(fault.kind), "\(path): \(fault)")
                }
            }
            #expect(try games.state() == before)
            #expect(try life.house.user.read(".git/config") == configuration)
            #expect(!life.house.user.exists(".git/x") && !life.house.user.exists(".git/hooks/post-checkout"))
            #expect(try await life.house.user.head() == head)
        }
    }
}
