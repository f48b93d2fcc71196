import Foundation
import Testing

@testable import GitCommand

@Suite("Scratch folders", .timeLimit(.minutes(1)))
struct ScratchTests {
    @Test("what a killed process left goes, what a living one uses stays")
    func sweep() throws {
        // Above the largest process id there can be (proc(5), pid_max).
        let left = FileManager.default.temporaryDirectory.appending(path: "octobot-git-4194305-\(UUID().uuidString)")
        let used = FileManager.default.temporaryDirectory.appending(
            path: "octobot-git-\(getpid())-\(UUID().uuidString)"
        )
        defer { for folder in [left, used] { try? FileManager.default.removeItem(at: folder) } }
        for folder in [left, used] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        }
        Scratch.sweep()
        #expect(FileManager.default.fileExists(atPath: left.path(percentEncoded: false)))
        Scratch.sweep(olderThan: -1)
        #expect(!FileManager.default.fileExists(atPath: left.path(percentEncoded: false)))
        #expect(FileManager.default.fileExists(atPath: used.path(percentEncoded: false)))
    }
}
