import JSONText
import OctobotTestSupport
import Testing
import UIMessageStream

/// What a client sees that starts with a snapshot.
@Suite("snapshots", .serialized, .timeLimit(.minutes(4)))
struct SnapshotTests {
    private struct Reading {
        var messages: [JSONValue] = []
        var cursor = JSONValue.null
        var items: [JSONValue] = []
    }

    /// Reads a session's chat until the turn has ended.
    private func read(
        _ daemon: TestDaemon,
        _ session: JSONValue,
        from: JSONValue,
        until turn: JSONValue
    ) async throws -> Reading {
        let peer = try daemon.connect()
        let (_, notifications) = try await peer.subscribe("chat.subscribe", ["sessionId": session, "from": from])
        var reading = Reading()
        for await notification in notifications {
            if notification["type"] == "snapshot" {
                #expect(reading.items.isEmpty)
                reading.messages += notification["items"]?.arrayValue ?? []
                if notification["more"] == false { reading.cursor = notification["cursor"] ?? .null }
            }
            guard let item = notification["data"] else { continue }
            reading.items.append(item)
            if item["turnId"] == turn, item["kind"] == "turn", let state = item["state"]?.stringValue,
                ["completed", "failed", "cancelled", "unknown"].contains(state)
            {
                return reading
            }
        }
        throw TestDaemon.Failure(description: "the stream ended before its turn")
    }

    @Test("after a kill in the middle of a turn, snapshot and log together are the plain log, and no turn comes twice")
    func killedInATurn() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            try await peer.turn("first words", in: id)
            try await peer.turn("/run seq 1 20000", in: id)
            let sent = try await peer.call("chat.send", ["sessionId": id, "text": "/slow 20 100"])
            let turn = try #require(sent["turnId"])
            let (_, chunks) = try await peer.subscribe("chat.subscribe", ["sessionId": id])
            for await chunk in chunks where chunk["data"]?["chunk"]?["type"] == "text-delta" { break }
            await daemon.kill()
            try await daemon.start()
            let snapshot = try await read(daemon, id, from: ["type": "snapshot"], until: turn)
            let plain = try await read(daemon, id, from: ["type": "start"], until: turn)
            let resumed = try await read(
                daemon,
                id,
                from: ["type": "cursor", "cursor": snapshot.cursor],
                until: turn
            )
            #expect(snapshot.items == resumed.items && resumed.messages.isEmpty)
            #expect(snapshot.items == Array(plain.items.suffix(snapshot.items.count)))
            #expect(snapshot.items.first?["kind"] == "prompt")
            #expect(snapshot.items.allSatisfy { $0["turnId"] == turn })
            let earlier = plain.items.dropLast(snapshot.items.count)
            #expect(earlier.allSatisfy { $0["turnId"] != turn })
            // Prompts as they were stored, answers folded from their chunks.
            var told: [JSONValue] = []
            var answer = MessageFolder(messageID: "")
            for item in earlier {
                if item["kind"] == "prompt" { told.append(item["message"] ?? .null) }
                if let chunk = item["chunk"] { answer.apply(try UIMessageChunk(json: chunk)) }
                if item["kind"] == "turn", item["state"] == "completed" {
                    told.append(answer.message)
                    answer = MessageFolder(messageID: "")
                }
            }
            #expect(snapshot.messages == told && told.count == 4)
            let messages = try await daemon.connect().call("session.messages", ["sessionId": id])
            #expect(messages["items"]?.arrayValue.map { Array($0.prefix(4)) } == snapshot.messages)
        }
    }

    @Test("the same prompt sent again after a kill is marked as replayed")
    func replayedPrompt() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let prompt: JSONValue = [
                "sessionId": id, "message": ["id": "p", "parts": [["type": "text", "text": "once"]]],
            ]
            let first = try await peer.call("chat.send", prompt)
            #expect(first["_meta"] == nil)
            await daemon.kill()
            try await daemon.start()
            let again = try await daemon.connect().call("chat.send", prompt)
            #expect(again["_meta"] == ["replayed": true])
            #expect(again["turnId"] == first["turnId"] && again["cursor"] == first["cursor"])
        }
    }

    @Test("octoctl prints a snapshot as messages")
    func octoctl() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"]?.stringValue)
            try await peer.turn("some words", in: .string(id))
            func octoctl(_ output: String) async throws -> Command.Result {
                let arguments = ["chat", "subscribe", id, "--from", "snapshot", "--output", output]
                return try await Command.run(Products.octoctl, arguments, environment: daemon.environment)
            }
            let lines = try await octoctl("ndjson").output.split(separator: "\n").map {
                try JSONValue(parsing: Array($0.utf8))
            }
            #expect(lines.map { $0["kind"] } == ["message", "message"])
            #expect(lines.map { $0["message"]?["role"] } == ["user", "assistant"])
            let shown = try await octoctl("table")
            #expect(shown.output.contains("some words") && !shown.output.contains("> some words"))
            #expect(shown.errors.contains("> some words"))
        }
    }
}
