import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The daemon dies at random moments of bringing commits back (decision 17).
@Suite("commit-back under fire", .serialized, .timeLimit(.minutes(10)))
struct CommitKillTests {
    @Test("fifty deaths: the repository is wholly before or wholly after, and a retry finishes")
    func fiftyKills() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try repository.write("plants.txt", "tomatoes\nbeans\n")
            let session = try await daemon.connect().session(of: repository)
            let id = try #require(session["id"])
            try repository.write("mine.txt", "not committed\n")
            var deaths = 0
            var round = 0
            while deaths < 50 {
                round += 1
                let peer = try daemon.connect()
                try await peer.turn(
                    "/write round/\(round).txt \(round)\n/edit plants.txt beans \"beans\nround\(round)\"",
                    in: id
                )
                let before = try await repository.head
                let files = try await Self.state(of: repository)
                var hasCommitted = false
                while !hasCommitted {
                    let delay = Int.random(in: 0...180, using: &generator)
                    let peer = try daemon.connect()
                    let session = try await peer.call("session.get", ["sessionId": id])
                    let isPending = ["pending", "committing"].contains(session["commitStatus"]?.stringValue ?? "")
                    if !isPending { _ = try? await peer.call("session.commit", ["sessionId": id]) }
                    if deaths < 50 {
                        try await Task.sleep(for: .milliseconds(delay))  // ok: the moment of death is the experiment
                        await daemon.kill()
                        deaths += 1
                        try await daemon.start()
                    }
                    let present = try daemon.connect()
                    let ended = try await present.wait(for: "session.get", ["sessionId": id]) {
                        !["pending", "committing"].contains($0["commitStatus"]?.stringValue ?? "")
                    }
                    let after = try await repository.head
                    if after == before {
                        #expect(try await Self.state(of: repository) == files)
                        #expect(ended["commitStatus"] != "completed", "\(ended)")
                    } else {
                        hasCommitted = true
                        #expect(ended["commitStatus"] == "completed", "\(ended)")
                        #expect(try await repository.git("rev-list", "--count", "\(before)..\(after)") == "1")
                        #expect(repository.read("round/\(round).txt")?.hasPrefix("\(round)") == true)
                        #expect(try await repository.git("status", "--porcelain") == "?? mine.txt")
                    }
                    #expect(repository.read("mine.txt") == "not committed\n")
                    try await repository.git("fsck", "--strict", "--no-dangling")
                }
            }
            #expect(try await repository.git("rev-list", "--count", "HEAD") == "\(round + 1)")
        }
    }

    /// Everything git and the folder say about its contents.
    private static func state(of repository: ScratchRepository) async throws -> String {
        let status = try await repository.git("status", "--porcelain=v2")
        let tree = try await repository.git("ls-files", "-s")
        return status + tree + (repository.read("plants.txt") ?? "")
    }
}
