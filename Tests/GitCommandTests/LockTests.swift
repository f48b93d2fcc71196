import Foundation
import GitCommand
import OctobotTestSupport
import Testing

@Suite("Locks that git leaves", .timeLimit(.minutes(2)))
struct LockTests {
    @Test("a git that takes too long may tidy up before it is killed")
    func tidiesUp() async throws {
        try await withWorkshop { shop in
            let (begun, lock) = (shop.folder + "/begun", shop.folder + "/x.lock")
            let script = "trap 'rm \(lock); exit 1' TERM; touch \(lock) \(begun); sleep 60 & wait"
            await #expect(throws: GitError.timedOut(command: "alias.x=!\(script)")) {
                try await shop.git.run(
                    GitInvocation(
                        arguments: ["-c", "alias.x=!\(script)", "x"],
                        directory: shop.user.path,
                        environment: shop.git.isolated,
                        deadline: .seconds(2)
                    )
                )
            }
            #expect(FileManager.default.fileExists(atPath: begun))
            #expect(!FileManager.default.fileExists(atPath: lock))
        }
    }

    @Test("old locks in a mirror are removed before it is refreshed, young ones are respected")
    func mirror() async throws {
        try await withWorkshop { shop in
            let branch = try await shop.user.git("symbolic-ref", "HEAD")
            let lock = shop.mirror.path + "/" + branch + ".lock"
            try await shop.user.git("commit", "--quiet", "--allow-empty", "--message", "next")
            try FileManager.default.createDirectory(
                atPath: (lock as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
            try Data().write(to: URL(filePath: lock))
            await #expect(throws: GitError.self) { try await shop.mirror.refresh(from: shop.user.path) }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -3600)],
                ofItemAtPath: lock
            )
            try await shop.mirror.refresh(from: shop.user.path)
            #expect(try await shop.mirror.head() == shop.user.head())
        }
    }
}
