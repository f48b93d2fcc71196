import Foundation
import OctobotTestSupport

/// A small git repository of somebody, with one commit and a change that is not committed.
struct ScratchRepository: Sendable {
    let folder: URL

    var path: String { folder.path(percentEncoded: false) }

    init(in parent: URL, named name: String = "garden") async throws {
        folder = parent.appending(path: name, directoryHint: .notDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await git("init", "-q", "-b", "main")
        try await git("config", "user.name", "Test Person")
        try await git("config", "user.email", "test@example.com")
        try write("plants.txt", "tomatoes\nbeans\n")
        try write("tool.sh", "#!/bin/sh\necho tool\n")
        try await git("add", ".")
        try await git("commit", "-q", "-m", "Plant")
    }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func read(_ name: String) -> String? { try? String(contentsOf: folder.appending(path: name), encoding: .utf8) }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path(percentEncoded: false))
    }

    /// Runs git here and gives what it printed.
    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        try await Command.output("/usr/bin/git", ["-C", path] + arguments)
    }

    var head: String {
        get async throws { try await git("rev-parse", "HEAD") }
    }
}
