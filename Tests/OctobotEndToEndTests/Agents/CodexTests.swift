import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The real Codex program by the driver `codex`, in a local sandbox, its model a scripted stand-in.
@Suite(
    "real Codex",
    .serialized,
    .enabled(if: TestAgents.has("codex"), Comment(rawValue: TestAgents.advice)),
    .timeLimit(.minutes(5))
)
struct CodexTests {
    private static let patch = "*** Begin Patch\n*** Add File: notes.txt\n+forty-two\n*** End Patch\n"

    @Test("a file is written after a permission: chunks in order, the call and its diff, and a commit back")
    func writesAFile() async throws {
        let script: [StandInResponses.Step] = [
            .items([
                .reasoning("A note is wanted."), .message("I write it down."),
                .customCall(name: "apply_patch", input: Self.patch, id: "call-patch"),
            ]),
            .items([.call(name: "exec_command", arguments: ["cmd": "cat notes.txt; touch seen"], id: "call-cat")]),
            .items([.message("It is written.")]),
        ]
        try await RealCodex.run(script) { daemon, model in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.codexSession(of: repository, model)
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Write a note."])
            for _ in 0..<2 {
                let approval = try await peer.pendingApproval()
                #expect(approval["kind"] == "permission")
                _ = try await peer.call(
                    "approval.answer",
                    ["approvalId": approval["id"] ?? .null, "option": "Allow"]
                )
            }
            let turn = try await peer.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "completed", "\(turn.state)")
            let chunks = turn.chunks
            func place(_ type: String, _ call: JSONValue? = nil) -> Int {
                chunks.firstIndex { $0["type"]?.stringValue == type && (call == nil || $0["toolCallId"] == call) } ?? -1
            }
            let order = [
                place("start"), place("reasoning-delta"), place("text-delta"),
                place("tool-input-available", "call-patch"), place("tool-output-available", "call-patch"),
                place("tool-input-available", "call-cat"), place("tool-output-available", "call-cat"),
                chunks.lastIndex { $0["type"] == "text-delta" } ?? -1, place("finish"),
            ]
            #expect(order == order.sorted() && !order.contains(-1), "\(order)")
            #expect(text(of: chunks) == "I write it down.It is written.")
            let written = chunks[max(0, order[4])]["output"]
            #expect(written?["content"]?[0]?["newText"] == "forty-two\n", "\(written ?? .null)")
            #expect(chunks[max(0, order[6])]["output"] == "forty-two\n")

            let diff = try await peer.call("session.diff", ["sessionId": session])
            let paths = diff["files"]?.arrayValue?.compactMap { $0["path"]?.stringValue }.sorted()
            #expect(paths == ["notes.txt", "seen"])
            let commit = try await peer.call("session.commit", ["sessionId": session])
            let job = try await peer.job(commit["jobId"] ?? .null)
            #expect(job["status"] == "completed", "\(job)")
            #expect(repository.read("notes.txt") == "forty-two\n")
            let traces = Traces(of: [RealCodex.key])
            #expect(traces.files(below: daemon.folder).found == [])
            #expect(model.complaints == [])
        }
    }

    @Test("the daemon is killed while a permission waits, and answered by another client after its start")
    func killedWhileAsking() async throws {
        let script: [StandInResponses.Step] = [
            .items([.customCall(name: "apply_patch", input: Self.patch, id: "call-patch")]),
            .items([.message("It is written.")]),
        ]
        try await RealCodex.run(script) { daemon, model in
            let repository = try await ScratchRepository(in: daemon.folder)
            let first = try daemon.connect()
            let session = try await first.codexSession(of: repository, model)
            let sent = try await first.call("chat.send", ["sessionId": session, "text": "Write a note."])
            let approval = try await first.pendingApproval()
            await daemon.kill()
            try await daemon.start()
            let second = try daemon.connect()
            #expect(try await second.pendingApproval()["id"] == approval["id"])
            _ = try await second.call("approval.answer", ["approvalId": approval["id"] ?? .null, "option": "Allow"])
            let turn = try await second.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "completed", "\(turn.state)")
            #expect(text(of: turn.chunks) == "It is written.")
            #expect(model.requests.count == 2 && model.complaints == [])
        }
    }

    @Test("a turn is cancelled in mid-stream, and the next one remembers the conversation")
    func cancelAndRemember() async throws {
        let script: [StandInResponses.Step] = [
            .items([.message("Your number is seven.")]), .open("This will never"), .items([.message("Seven.")]),
        ]
        try await RealCodex.run(script) { daemon, model in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.codexSession(of: repository, model)
            #expect(try await peer.turn("Give me a number.", in: session).state["state"] == "completed")
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Go on for ever."])
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": session, "from": ["type": "cursor", "cursor": sent["cursor"] ?? .null]]
            )
            for await item in items where item["data"]?["chunk"]?["type"] == "text-delta" { break }
            _ = try await peer.call("chat.cancel", ["sessionId": session])
            let cancelled = try await peer.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(cancelled.state["state"] == "cancelled", "\(cancelled.state)")
            // A sandbox started anew takes the thread up from its files.
            _ = try await peer.call("session.stop", ["sessionId": session])
            let last = try await peer.turn("What was it?", in: session)
            #expect(text(of: last.chunks) == "Seven.", "\(last.state)")
            let input = model.requests.last.map { String(decoding: $0.serialized(), as: UTF8.self) } ?? ""
            for memory in ["Give me a number.", "Your number is seven.", "What was it?"] {
                #expect(input.contains(memory), "the model is told '\(memory)'")
            }
            #expect(model.complaints == [])
        }
    }

    @Test("a wrong key is told in the chat, with what to check and without the key")
    func wrongKey() async throws {
        try await RealCodex.run([]) { daemon, model in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.codexSession(of: repository, model, key: "sk-wrong-key")
            let turn = try await peer.turn("Hello?", in: session)
            #expect(turn.state["state"] == "failed", "\(turn.state)")
            let error = turn.chunks.first { $0["type"] == "error" }?["errorText"]?.stringValue ?? ""
            #expect(
                error.hasPrefix("Codex's credential was refused: check CODEX_API_KEY or OPENAI_API_KEY."),
                "\(error)"
            )
            #expect(error.contains("401") && !error.contains("sk-wrong-key"))
        }
    }
}
