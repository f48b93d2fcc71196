import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// `kill -9` at any moment: nothing lost, nothing doubled.
@Suite("survival", .serialized, .timeLimit(.minutes(8)))
struct SurvivalTests {
    /// Follows a turn across deaths of the daemon, coming back with the last cursor each time.
    private func readThrough(
        _ daemon: TestDaemon,
        _ turn: JSONValue,
        _ session: JSONValue,
        from cursor: JSONValue,
        killAt: [Int]
    ) async throws -> (state: JSONValue, chunks: [(n: Int64, chunk: JSONValue)]) {
        var cursor = cursor
        var chunks: [(n: Int64, chunk: JSONValue)] = []
        var kills = killAt[...]
        while true {
            let peer = try daemon.connect()
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": session, "from": ["type": "cursor", "cursor": cursor]]
            )
            for await notification in items {
                cursor = notification["cursor"] ?? cursor
                guard let item = notification["data"], item["turnId"] == turn else { continue }
                if item["kind"] == "chunk", let chunk = item["chunk"], let n = item["n"]?.integerValue {
                    chunks.append((n, chunk))
                    if let next = kills.first, chunks.count >= next {
                        kills.removeFirst()
                        await daemon.kill()
                        break
                    }
                }
                if item["kind"] == "turn", let state = item["state"]?.stringValue,
                    ["completed", "failed", "cancelled", "unknown"].contains(state)
                {
                    return (item, chunks)
                }
            }
            try await daemon.start()
        }
    }

    @Test("a turn goes on while the daemon is killed three times, and readers get every chunk once")
    func daemonKilledInATurn() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let sent = try await peer.call("chat.send", ["sessionId": id, "text": "/slow 60 100"])
            let (state, chunks) = try await readThrough(
                daemon,
                sent["turnId"] ?? .null,
                id,
                from: sent["cursor"] ?? .null,
                killAt: [8, 25, 45]
            )
            #expect(state["state"] == "completed", "\(state)")
            #expect(chunks.map(\.n) == Array(1...Int64(chunks.count)))
            let read = text(of: chunks.map(\.chunk))
            for step in 1...60 { #expect(read.contains("slow \(step) of 60\n")) }
            let messages = try await daemon.connect().call("session.messages", ["sessionId": id])
            let stored = messages["items"]?.arrayValue?.last?["parts"]?.arrayValue?
                .compactMap { $0["type"] == "text" ? $0["text"]?.stringValue : nil }.joined()
            #expect(stored == read)
        }
    }

    @Test("the agent service is killed: the turn ends with an error chunk and the session works again")
    func agentServiceKilled() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let sent = try await peer.call("chat.send", ["sessionId": id, "text": "/slow 600 100"])
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": id, "from": ["type": "cursor", "cursor": sent["cursor"] ?? .null]]
            )
            for await item in items where item["data"]?["chunk"]?["type"] == "text-delta" { break }
            let pids = try Self.agentServices(of: daemon)
            try #require(!pids.isEmpty)
            for pid in pids { kill(pid, SIGKILL) }
            let end = try await peer.follow(sent["turnId"] ?? .null, in: id, from: sent["cursor"] ?? .null)
            #expect(end.state["state"] == "failed", "\(end.state)")
            #expect(end.chunks.contains { $0["type"] == "error" })
            #expect(end.chunks.last?["type"] == "finish")
            let next = try await peer.turn("still there?", in: id)
            #expect(next.state["state"] == "completed", "\(next.state)")
            #expect(text(of: next.chunks).contains("still there?"))
        }
    }

    /// The host's process ids of the services inside the daemon's sandboxes.
    private static func agentServices(of daemon: TestDaemon) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            guard let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
            let text = String(decoding: command, as: UTF8.self)
            guard text.contains("octobot-agent\0serve"), !text.hasPrefix("bwrap"), !text.contains("setsid") else {
                return false
            }
            let mounts = FileManager.default.contents(atPath: "/proc/\(pid)/mountinfo") ?? Data()
            return String(decoding: mounts, as: UTF8.self).contains(daemon.folder.lastPathComponent)
        }
    }

    @Test("a hundred readers come and go while ten thousand chunks pass and the daemon dies twice")
    func manyReaders() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connectUnwatched()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let sent = try await peer.call("chat.send", ["sessionId": id, "text": "/big 10000"])
            let turn = try #require(sent["turnId"])
            let start = try #require(sent["cursor"])
            let texts = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                for reader in 0..<100 {
                    group.addTask {
                        try await Self.read(turn, id, from: start, daemon, seed: seed &+ UInt64(reader))
                    }
                }
                group.addTask {
                    for share in [Int64(2_000), 6_000] {
                        try await Self.wait(for: share, turn, id, from: start, daemon)
                        await daemon.kill()
                        try await daemon.start()
                    }
                    return nil
                }
                var texts: [[UInt8]] = []
                for try await text in group { if let text { texts.append(text) } }
                return texts
            }
            let (_, chunks) = try await daemon.connectUnwatched().follow(turn, in: id, from: start)
            let log = text(of: chunks)
            #expect(log.contains("big 10000 of 10000"))
            #expect(texts.count == 100)
            // The readers keep the text as it stands in JSON.
            let wanted = Array(JSONValue.string(log).serialized().dropFirst().dropLast())
            #expect(texts.allSatisfy { $0 == wanted })
        }
    }

    /// Reads a turn's text in random bites, each on a connection of its own.
    private static func read(
        _ turn: JSONValue,
        _ session: JSONValue,
        from start: JSONValue,
        _ daemon: TestDaemon,
        seed: UInt64
    ) async throws -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var cursor = start
        var text: [UInt8] = []
        while true {
            let subscribe: JSONValue = [
                "jsonrpc": "2.0", "id": 1, "method": "chat.subscribe",
                "params": ["sessionId": session, "from": ["type": "cursor", "cursor": cursor]],
            ]
            guard let socket = try? LineSocket(path: daemon.socketPath),
                (try? socket.write(subscribe.serialized() + [0x0A])) != nil
            else {
                try await Task.sleep(for: .milliseconds(20))  // ok: a stranger is not told that the daemon lives again
                continue
            }
            var bite = Int.random(in: 1...6_000, using: &generator)
            for await line in socket.lines {
                // A line the daemon died in is none.
                guard line.last == UInt8(ascii: "}"), let position = line.between("\"cursor\":\"", "\""),
                    line.between("\"n\":", ",") != nil
                else {
                    continue
                }
                cursor = .string(String(decoding: position, as: UTF8.self))
                if let delta = line.between("\"delta\":\"", "\"") { text += delta }
                if line.between("\"state\":\"completed", "\"") != nil { return text }
                if let state = line.between("\"state\":\"", "\""),
                    !["queued", "delivering", "running"].contains(String(decoding: state, as: UTF8.self))
                {
                    throw TestDaemon.Failure(description: "the turn ended: \(String(decoding: line, as: UTF8.self))")
                }
                bite -= 1
                if bite == 0 { break }
            }
            socket.disconnect()
        }
    }

    private static func wait(
        for chunk: Int64,
        _ turn: JSONValue,
        _ session: JSONValue,
        from start: JSONValue,
        _ daemon: TestDaemon
    ) async throws {
        let (_, items) = try await daemon.connectUnwatched().subscribe(
            "chat.subscribe",
            ["sessionId": session, "from": ["type": "cursor", "cursor": start]]
        )
        for await notification in items {
            if let item = notification["data"], item["turnId"] == turn, (item["n"]?.integerValue ?? 0) >= chunk {
                return
            }
        }
    }

    @Test("the same prompt sent three times with a kill between reaches the agent once")
    func samePromptThrice() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let session = try await daemon.connect().session(of: repository)
            let id = try #require(session["id"])
            let prompt: JSONValue = [
                "sessionId": id,
                "message": ["id": "the-prompt", "parts": [["type": "text", "text": "/run echo once >> count.txt"]]],
            ]
            let first = try await daemon.connect().call("chat.send", prompt)
            await daemon.kill()
            try await daemon.start()
            let second = try await daemon.connect().call("chat.send", prompt)
            let peer = try daemon.connect()
            let end = try await peer.follow(second["turnId"] ?? .null, in: id, from: second["cursor"] ?? .null)
            #expect(end.state["state"] == "completed", "\(end.state)")
            let third = try await peer.call("chat.send", prompt)
            #expect(first["turnId"] == second["turnId"] && second["turnId"] == third["turnId"])
            let diff = try await peer.call("session.diff", ["sessionId": id, "path": "count.txt"])
            #expect(diff["files"]?[0]?["additions"] == 1, "\(diff)")
            await #expect(throws: RPCPeer.Refused.self) {
                _ = try await peer.call(
                    "chat.send",
                    ["sessionId": id, "message": ["id": "the-prompt", "parts": [["type": "text", "text": "other"]]]]
                )
            }
        }
    }
}

extension [UInt8] {
    /// The bytes between the first `start` and the next `end`; a search cheap enough for a million lines.
    fileprivate func between(_ start: StaticString, _ end: StaticString) -> ArraySlice<UInt8>? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let from = memmem(base, bytes.count, start.utf8Start, start.utf8CodeUnitCount)
            else { return nil }
            let first = base.distance(to: from) + start.utf8CodeUnitCount
            guard let to = memmem(base + first, bytes.count - first, end.utf8Start, end.utf8CodeUnitCount) else {
                return nil
            }
            return self[first..<base.distance(to: to)]
        }
    }
}
