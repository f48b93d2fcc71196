package import Foundation

/// A folder of a test's own, short enough for unix sockets in it, removed when `body` ends.
package func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (URL) async throws -> Result
) async throws -> Result {
    let name = "ot-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    let folder = URL(filePath: "/tmp", directoryHint: .isDirectory).appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(
        at: folder,
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
