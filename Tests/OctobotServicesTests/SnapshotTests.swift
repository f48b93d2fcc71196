import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import Testing
import UIMessageStream

@testable import OctobotServices

@Suite("Snapshots of chats", .timeLimit(.minutes(3)))
struct SnapshotTests {
    /// What a subscription says until it is live.
    private struct Reading {
        var parts: [LogSnapshot] = []
        var entries: [LogEntry] = []

        /// Where the log goes on after the messages.
        var cursor: String { parts.last?.cursor ?? "" }
        var messages: [JSONValue] {
            get throws { try parts.flatMap(\.items).map { try JSONValue(parsing: $0) } }
        }
        var items: [JSONValue] {
            get throws { try entries.map { try JSONValue(parsing: $0.data) } }
        }
    }

    private func read(_ life: Life, _ session: SessionID, from: StartPosition) async throws -> Reading {
        let params = SubscribeChat.Params(sessionID: session, from: from)
        let reader = try await life.services.chatLog.subscribe(params, life.call)
        var reading = Reading()
        while let element = try await reader.next() {
            switch element {
            case .snapshot(let part):
                #expect(reading.entries.isEmpty, "the snapshot comes first")
                reading.parts.append(part)
            case .entry(let entry): reading.entries.append(entry)
            case .synced: return reading
            case .bytes, .gap, .end, .exited: Issue.record("unexpected \(element)")
            }
        }
        return reading
    }

    /// The conversation that items of a log tell, whole turns only; `open` are the turns that have chunks and no end.
    private func told(by items: [JSONValue]) -> (messages: [JSONValue], open: Set<String>) {
        var messages: [JSONValue] = []
        var chunks: [String: [[UInt8]]] = [:]
        for item in items {
            let turn = item["turnId"]?.stringValue ?? ""
            switch item["kind"]?.stringValue {
            case "prompt": messages.append(item["message"] ?? .null)
            case "chunk": chunks[turn, default: []].append(item["chunk"]?.serialized() ?? [])
            case "turn":
                guard let state = item["state"]?.stringValue.flatMap(TurnState.init), state.isTerminal else { continue }
                if let message = MessageFolder.fold(chunks.removeValue(forKey: turn) ?? []),
                    message["parts"]?.arrayValue?.isEmpty == false
                {
                    messages.append(message)
                }
            default: continue
            }
        }
        return (messages, Set(chunks.keys))
    }

    /// Compares a snapshot and what follows it with the plain log.
    @discardableResult
    private func check(_ life: Life, _ session: SessionID) async throws -> Reading {
        let snapshot = try await read(life, session, from: .snapshot)
        let plain = try await read(life, session, from: .start)
        #expect(plain.parts.isEmpty)
        let cut = plain.entries.firstIndex { $0.cursor == snapshot.cursor }.map { $0 + 1 } ?? 0
        let before = told(by: Array(try plain.items[..<cut]))
        #expect(before.open.isEmpty, "a turn is told half by messages")
        #expect(try snapshot.messages == before.messages)
        #expect(snapshot.entries.map(\.cursor) == plain.entries[cut...].map(\.cursor))
        #expect(snapshot.parts.map(\.more) == snapshot.parts.indices.map { $0 < snapshot.parts.count - 1 })
        let resumed = try await read(life, session, from: .cursor(snapshot.cursor))
        #expect(resumed.entries.map(\.cursor) == snapshot.entries.map(\.cursor))
        return snapshot
    }

    /// Answers of the agent that wait for the gate with the prompt's text, where there is one.
    private func script(_ gates: [String: MockGate]) -> MockAgent.Script {
        { prompt in
            var steps = MockStep.answer("to " + prompt.text)
            steps[0] = .chunk(#"{"type":"start","messageId":"m-\#(prompt.text)"}"#)
            if let gate = gates[prompt.text] { steps.insert(.wait(gate), at: 3) }
            return steps
        }
    }

    /// Waits for the chunk after which the agent waits at its gate: from then on the log stands still.
    private func waitUntil(_ life: Life, _ turn: SentPrompt) async throws {
        for try await item in life.items(of: turn.sessionID) where item["turnId"]?.stringValue == turn.turnID.rawValue {
            if item["chunk"]?["type"] == "text-delta" { return }
        }
    }

    @Test("a session without turns has one empty part")
    func empty() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let snapshot = try await check(life, session.id)
                #expect(snapshot.parts.map(\.items) == [[]])
                #expect(snapshot.parts.first?.more == false && snapshot.cursor == "chat.\(session.id):0")
            }
        }
    }

    @Test("ended turns come as their messages, the one that runs as its log")
    func endedAndRunning() async throws {
        try await withHouse { house in
            let gate = MockGate()
            house.mock.script = script(["three": gate])
            try await house.live { life in
                let session = try await life.makeSession()
                for text in ["one", "two"] {
                    let sent = try await life.send(text, to: session.id, id: text)
                    #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                    try await check(life, session.id)
                }
                let third = try await life.send("three", to: session.id, id: "three")
                try await waitUntil(life, third)
                let snapshot = try await check(life, session.id)
                #expect(try snapshot.messages.map { $0["id"] } == ["one", "m-one", "two", "m-two"])
                let page = try await life.services.sessions.messages(
                    ListMessages.Params(sessionID: session.id, limit: 4),
                    life.call
                )
                #expect(try snapshot.messages == page.items.map(\.value))
                #expect(try snapshot.items.first?["kind"] == "prompt")
                #expect(try snapshot.items.allSatisfy { $0["turnId"]?.stringValue == third.turnID.rawValue })
                gate.open()
                _ = try await life.ended(third.turnID, in: session.id)
                #expect(try await check(life, session.id).entries.isEmpty)
            }
        }
    }

    @Test("turns that wait while others run and are cancelled leave nothing out and nothing doubled")
    func waiting() async throws {
        try await withHouse { house in
            let gates = ["one": MockGate(), "two": MockGate(), "four": MockGate()]
            house.mock.script = script(gates)
            try await house.live { life in
                let session = try await life.makeSession()
                var sent: [SentPrompt] = []
                for text in ["one", "two", "three", "four"] {
                    sent.append(try await life.send(text, to: session.id, id: text))
                }
                try await waitUntil(life, sent[0])
                #expect(try await check(life, session.id).messages.isEmpty)
                let cancel = CancelChat.Params(sessionID: session.id, turnID: sent[2].turnID)
                _ = try await life.services.chat.cancel(cancel, life.call)
                #expect(try await check(life, session.id).messages.isEmpty)
                gates["one"]?.open()
                try await waitUntil(life, sent[1])
                let second = try await check(life, session.id)
                #expect(try second.messages.map { $0["id"] } == ["one", "two", "three", "four", "m-one"])
                gates["two"]?.open()
                try await waitUntil(life, sent[3])
                #expect(try await check(life, session.id).messages.last?["id"] == "m-two")
                gates["four"]?.open()
                _ = try await life.ended(sent[3].turnID, in: session.id)
                let last = try await check(life, session.id)
                #expect(try last.entries.isEmpty && last.messages.count == 7)
            }
        }
    }

    @Test("parts stay below 48 KiB; only the last says where the log goes on")
    func parts() async throws {
        try await withHouse { house in
            house.mock.script = script([:])
            try await house.live { life in
                let session = try await life.makeSession()
                for size in [10_000, 30_000, 100, 120_000, 5] {
                    let sent = try await life.send(String(repeating: "x", count: size), to: session.id)
                    #expect(try await life.ended(sent.turnID, in: session.id).state == .completed)
                }
                let snapshot = try await check(life, session.id)
                #expect(try snapshot.messages.count == 10)
                #expect(snapshot.parts.count > 4)
                for part in snapshot.parts {
                    let bytes = part.items.reduce(0) { $0 + $1.count + 1 }
                    #expect(bytes <= 47 << 10 || part.items.count == 1)
                    #expect(part.more == (part.cursor == "chat.\(session.id):0"))
                }
            }
        }
    }

    @Test("a session that is removed between two parts ends its stream")
    func removal() async throws {
        try await withHouse { house in
            house.mock.script = script([:])
            try await house.live { life in
                let session = try await life.makeSession()
                for _ in 0..<2 {
                    let sent = try await life.send(String(repeating: "x", count: 40_000), to: session.id)
                    _ = try await life.ended(sent.turnID, in: session.id)
                }
                let params = SubscribeChat.Params(sessionID: session.id, from: .snapshot)
                let reader = try await life.services.chatLog.subscribe(params, life.call)
                guard case .snapshot(let part)? = try await reader.next() else {
                    Issue.record("no snapshot")
                    return
                }
                #expect(part.more)
                try await life.store.write { try $0.deleteSession(session.id) }
                var last: LogElement?
                while let element = try await reader.next() { last = element }
                guard case .end("removed", _)? = last else {
                    Issue.record("\(String(describing: last))")
                    return
                }
            }
        }
    }
}
