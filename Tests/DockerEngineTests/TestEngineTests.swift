import Foundation
import OctobotTestSupport
import Testing

@Suite("A real engine", .timeLimit(.minutes(2)), .enabled(if: Engine.isUsable, Engine.reason))
struct TestEngineTests {
    @Test("runs a container of the busybox image")
    func run() async throws {
        let engine = try await TestEngine.shared()
        let output = try await engine.docker("run", "--rm", TestEngine.busyboxImage, "echo", "hello")
        #expect(output == "hello")
    }

    @Test("leaves nothing behind when it is stopped")
    func stop() async throws {
        let engine = try await TestEngine.start()
        try await engine.docker("run", "-d", "--name", "sleeper", TestEngine.busyboxImage, "sleep", "1000")
        let folder = engine.folder.path(percentEncoded: false)
        await engine.stop()
        #expect(!FileManager.default.fileExists(atPath: folder))
        let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        #expect(!mounts.contains(folder))
    }
}
