import Foundation
import Synchronization

extension TestEngine {
    /// The image of Docker sandboxes, as `contrib/sandbox-image/build` makes it.
    package static let sandboxImage = "octobot-agent-api:latest"

    private static let sockets = Mutex<[String: Task<Void, any Error>]>([:])

    /// Loads ``sandboxImage``, once for each engine.
    ///
    /// The archive is kept in `.build` and made anew when the scripts change: that takes about a minute, so `contrib/test`
    /// does it before the tests.
    package func loadSandboxImage() async throws {
        let socket = self.socket
        let task = Self.sockets.withLock { sockets in
            if let task = sockets[socket] { return task }
            let task = Task { _ = try await docker("load", "--input", Self.sandboxArchive()) }
            sockets[socket] = task
            return task
        }
        try await task.value
    }

    /// The path of an archive of ``sandboxImage`` for `docker load`.
    private static func sandboxArchive() async throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)
        return try await Command.output(
            "/usr/bin/timeout",
            [
                "600", root + "contrib/sandbox-image/build", "--from", "debootstrap",
                "--cache", root + ".build",
            ]
        )
    }
}
