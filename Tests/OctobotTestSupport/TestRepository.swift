package import Foundation

/// A repository of "the user's", driven by plain git.
package struct TestRepository: Sendable {
    package let path: String

    /// Makes a repository at `path` with one commit of `files` on `main`.
    package init(at path: String, files: [String: String] = ["a.txt": "one\n"]) async throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await git("init", "--quiet", "--initial-branch=main")
        for (name, text) in files { try write(name, text) }
        try await commit("first")
    }

    /// One that exists.
    package init(existing path: String) { self.path = path }

    @discardableResult
    package func git(_ arguments: String...) async throws -> String {
        let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "protocol.file.allow=always"]
        return try await Command.output("/usr/bin/git", identity + arguments, directory: path)
    }

    package func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    package func write(_ name: String, _ data: Data) throws {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    @discardableResult
    package func commit(_ message: String) async throws -> String {
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message", message)
        return try await head()
    }

    package func head() async throws -> String { try await git("rev-parse", "HEAD") }

    package func status() async throws -> String { try await git("status", "--porcelain") }

    /// The commits after `base` as one mailbox, and how many there are.
    package func mailbox(since base: String) async throws -> (bytes: [UInt8], count: Int) {
        let folder = path + "/../patches-" + UUID().uuidString
        try await git(
            "format-patch",
            "--quiet",
            "--binary",
            "--full-index",
            "--output-directory",
            folder,
            "\(base)..HEAD"
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return (try names.flatMap { Array(try Data(contentsOf: URL(filePath: folder + "/" + $0))) }, names.count)
    }
}
