import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// `kill -9` of octobotd with many sandboxes alive: the next one takes all of them up as they are.
@Suite("re-adoption", .serialized, .timeLimit(.minutes(5)))
struct ReadoptionTests {
    @Test(
        "ten live sandboxes outlive a killed daemon, and a turn in one of them goes on",
        arguments: SandboxKind.usable
    )
    func daemonKilled(kind: SandboxKind) async throws {
        try await kind.withSandboxes { daemon, engine in
            let repository = try await ScratchRepository(in: daemon.folder)
            var peer = try daemon.connect()
            let ids = try await peer.sessions(10, of: repository)
            func identities() async throws -> [String] {
                var found: [String] = []
                for id in ids { found.append(try await kind.identity(of: id, daemon, engine)) }
                return found
            }
            let before = try await identities()
            #expect(Set(before).count == 10)
            let sent = try await peer.call("chat.send", ["sessionId": ids[0], "text": "/slow 30 100"])
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": ids[0], "from": ["type": "cursor", "cursor": sent["cursor"] ?? .null]]
            )
            for await item in items where item["data"]?["chunk"]?["type"] == "text-delta" { break }
            await daemon.kill()
            let begin = ContinuousClock.now
            try await daemon.start()
            peer = try daemon.connect()
            for id in ids {
                let status = try await peer.call("session.get", ["sessionId": id])["status"]
                #expect(status == "ready" || status == "running", "\(status ?? .null)")
            }
            print("\(kind.rawValue): ten sandboxes are known again after \(begin.duration(to: .now))")
            let end = try await peer.follow(sent["turnId"] ?? .null, in: ids[0], from: sent["cursor"] ?? .null)
            #expect(end.state["state"] == "completed", "\(end.state)")
            let read = text(of: end.chunks)
            for step in 1...30 { #expect(read.contains("slow \(step) of 30\n")) }
            for id in ids.dropFirst() {
                let answer = try await peer.call("session.exec", ["sessionId": id, "argv": ["echo", "here"]])
                #expect(answer["stdout"] == "here\n", "\(answer)")
            }
            #expect(try await identities() == before)
        }
    }
}
