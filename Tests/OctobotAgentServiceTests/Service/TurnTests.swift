import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("A turn over HTTP", .serialized, .timeLimit(.minutes(3)))
struct TurnTests {
    @Test("goes from the prompt over the demo agent's tools to a finished message")
    func turn() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                #expect(
                    try await service.send(.GET, "/chat/status").body == [
                        "isRunning": false, "completionId": nil, "startedAt": nil, "error": nil,
                    ]
                )
                let chunks = try await service.turn(
                    "t1",
                    "/run echo from the tool\nhello dear world\n/write notes/plan.txt forty-two"
                )
                #expect(chunks.text.hasPrefix("This is Octobot's deterministic demo agent; no model is involved."))
                #expect(chunks.text.hasSuffix("hello dear world\n"))
                #expect(chunks.count { $0.type == "text-delta" } > 3)
                #expect(
                    chunks.contains {
                        if case .toolOutputAvailable(_, let output, _, _, _) = $0 {
                            "\(output)".contains("from the tool")
                        } else {
                            false
                        }
                    }
                )
                #expect(chunks.last == .finish(.stop))
                #expect(fixture.repository.text("notes/plan.txt") == "forty-two\n")
                let status = try await service.send(.GET, "/chat/status").body
                #expect(status["isRunning"] == false && status["completionId"] == "t1" && status["error"] == .null)
                #expect(try await service.send(.GET, "/health").body["connected"] == true)
                #expect(try await service.send(.GET, "/models").body["models"]?.arrayValue?.first?["id"] == "demo:echo")
                let rest = try #require(try await service.chunks("t1", from: chunks.count - 1))
                #expect(rest == [.finish(.stop)])
            }
        }
    }

    static let commands: [(String, String)] = [
        ("/edit a.txt two 2", "tool-output-available"), ("/plan", "That was the plan."), ("/help", "demo agent"),
        ("/slow 3", "slow 3 of 3"), ("/big 5", "big 5 of 5"), ("/fail", "failed as it was told to"),
        ("/crash", "killed by signal 9"), ("/nonsense", "do not understand"), ("/run exit 3", "exit status 3"),
    ]

    @Test("every command of the demo agent does what it says, and the next turn works")
    func commands() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                for (index, (command, sign)) in Self.commands.enumerated() {
                    let chunks = try await service.turn("t\(index)", command)
                    let all = chunks.map { String(decoding: $0.bytes, as: UTF8.self) }.joined() + chunks.text
                    #expect(all.contains(sign), "\(command): \(all)")
                    #expect(chunks.types.contains("error") == ["/fail", "/crash"].contains(command), "\(command)")
                }
                #expect(fixture.repository.text("a.txt") == "one\n2\nthree\n")
            }
        }
    }

    @Test("a kill of the service closes the turn for its readers, and the session works again")
    func killed() async throws {
        try await ServiceFixture.run { fixture in
            let seen = try await fixture.serving { service in
                try await service.prompt("t1", "/slow 1000")
                var deltas = 0
                let seen = try #require(
                    try await service.chunks("t1") { chunk in
                        if chunk.type == "text-delta" { deltas += 1 }
                        return deltas == 4
                    }
                )
                await service.kill9()
                return seen
            }
            try await fixture.serving { service in
                let rest = try #require(try await service.chunks("t1", from: seen.count))
                try ChunkGrammar.check(seen + rest)
                #expect(rest.last == .finish(.error))
                #expect((seen + rest).errorText == "The agent service was restarted during this turn.")
                #expect(try await service.prompt("t1", "/slow 1000").status == 202)
                #expect(try await service.send(.GET, "/chat/status").body["isRunning"] == false)
                #expect(try await service.turn("t2", "again").text.hasSuffix("again\n"))
            }
        }
    }

    @Test("the same key is answered the same way, and the agent sees the prompt once")
    func idempotent() async throws {
        try await ServiceFixture.run { fixture in
            let command = "/run echo x >> count.txt"
            try await fixture.serving { service in
                try await service.prompt("t1", command)
                #expect(try await service.prompt("t1", command).body == ["completionId": "t1", "status": "started"])
                _ = try await service.chunks("t1")
                #expect(try await service.prompt("t1", command).status == 202)
                await service.kill9()
            }
            try await fixture.serving { service in
                #expect(try await service.prompt("t1", command).body == ["completionId": "t1", "status": "started"])
                let chunks = try #require(try await service.chunks("t1"))
                _ = try await service.send(
                    .POST,
                    "/chat/ack",
                    ["completionId": "t1", "n": .integer(Int64(chunks.count))]
                )
                #expect(try await service.prompt("t1", command).status == 202)
                #expect(try await service.chunks("t1") == nil)
                _ = try await service.turn("t2", "done")
            }
            try await fixture.serving { service in
                #expect(try await service.prompt("t1", command).status == 202)
                _ = try await service.turn("t3", "done")
            }
            #expect(fixture.repository.text("count.txt") == "x\n")
        }
    }

    @Test("another turn is refused meanwhile; cancel ends the turn without an error")
    func cancel() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await service.prompt("t1", "/slow 1000")
                let other = try await service.prompt("t2", "no")
                #expect(other.status == 409 && other.body == ["error": "completion_in_progress", "completionId": "t1"])
                let commit = try await service.send(
                    .POST,
                    "/commits",
                    ["onto": .string(String(repeating: "0", count: 40))]
                )
                #expect(commit.status == 409 && commit.body["error"] == "completion_in_progress")
                _ = try await service.chunks("t1") { $0.type == "text-delta" }
                #expect(try await service.send(.POST, "/chat/cancel", ["completionId": "t2"]).status == 409)
                let cancelled = try await service.send(.POST, "/chat/cancel")
                #expect(cancelled.body == ["success": true, "completionId": "t1", "status": "cancelled"])
                let chunks = try #require(try await service.chunks("t1"))
                try ChunkGrammar.check(chunks)
                #expect(chunks.last == .finish(.stop) && chunks.errorText == nil)
                try await service.idle()
                #expect(try await service.send(.POST, "/chat/cancel").body == ["error": "no_active_completion"])
                #expect(try await service.turn("t3", "next").text.contains("next"))
            }
        }
    }

    @Test("a question is put up, answered once and reaches the agent")
    func question() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await service.prompt("t1", "/ask Which one? | A | B")
                let asked = try #require(try await service.chunks("t1") { $0.type == "tool-approval-request" })
                let id = try #require(asked.approvalIDs.first)
                let pending = try await service.send(.GET, "/chat/question?toolUseID=\(id)").body
                #expect(pending["status"] == "pending")
                #expect(
                    try await service.send(.GET, "/chat/question").body == ["question": pending["question"] ?? .null]
                )
                #expect(pending["question"]?["questions"]?.arrayValue?.first?["question"] == "Which one?")
                let answer: JSONValue = ["toolUseID": .string(id), "answers": ["Which one?": "B"]]
                #expect(try await service.send(.POST, "/chat/answer", ["toolUseID": .string(id)]).status == 400)
                #expect(
                    try await service.send(.POST, "/chat/answer", ["toolUseID": "other", "answers": [:]]).status == 404
                )
                #expect(try await service.send(.POST, "/chat/answer", answer).body == ["success": true])
                #expect(try await service.send(.POST, "/chat/answer", answer).status == 404)
                let chunks = try #require(try await service.chunks("t1"))
                try ChunkGrammar.check(chunks)
                #expect(chunks.text.contains("You answered: B"))
                #expect(
                    try await service.send(.GET, "/chat/question?toolUseID=\(id)").body == [
                        "status": "answered", "question": nil,
                    ]
                )
            }
        }
    }

    @Test("a permission is asked in mode ask and given in mode auto", arguments: ["ask", "auto"])
    func permission(mode: String) async throws {
        try await ServiceFixture.run(environment: ["OCTOBOT_PERMISSION_MODE": mode]) { fixture in
            try await fixture.serving { service in
                try await service.prompt("t1", "/permission echo allowed > out.txt")
                if mode == "ask" {
                    let asked = try #require(try await service.chunks("t1") { $0.type == "tool-approval-request" })
                    let id = try #require(asked.approvalIDs.first)
                    #expect(fixture.repository.text("out.txt") == nil)
                    let question = try await service.send(.GET, "/chat/question").body["question"]?["questions"]?
                        .arrayValue?.first
                    let text = try #require(question?["question"]?.stringValue)
                    _ = try await service.send(
                        .POST,
                        "/chat/answer",
                        ["toolUseID": .string(id), "answers": [text: "Allow"]]
                    )
                }
                let chunks = try #require(try await service.chunks("t1"))
                try ChunkGrammar.check(chunks)
                #expect(chunks.approvalIDs.isEmpty == (mode == "auto"))
                #expect(fixture.repository.text("out.txt") == "allowed\n")
            }
        }
    }

    @Test("an acknowledged turn leaves the disk")
    func acknowledged() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                let count = try await service.turn("t1", "hello").count
                let file = fixture.repository.home + "/.octobot/spool/t1.turn"
                #expect(FileManager.default.fileExists(atPath: file))
                #expect(
                    try await service.send(.POST, "/chat/ack", ["completionId": "t1", "n": .integer(Int64(count) - 1)])
                        .status == 200
                )
                #expect(FileManager.default.fileExists(atPath: file))
                #expect(
                    try await service.send(.POST, "/chat/ack", ["completionId": "t1", "n": .integer(Int64(count))])
                        .status == 200
                )
                #expect(!FileManager.default.fileExists(atPath: file))
                #expect(try await service.chunks("t1") == nil)
            }
        }
    }

    @Test("credentials reach the agent's process and nobody else")
    func credentials() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                let header = AgentCredential.header([.init(envVar: "DEMO_KEY", value: "k-é-1")])
                let first = try await service.turn(
                    "t1",
                    "/run printf %s \"$DEMO_KEY\" > key; env > env",
                    headers: ["X-Octobot-Credentials": header]
                )
                #expect(first.last == .finish(.stop))
                #expect(fixture.repository.text("key") == "k-é-1")
                #expect(fixture.repository.text("env")?.contains("OCTOBOT_SECRET") == false)
                _ = try await service.turn("t2", "/run printf %s \"$DEMO_KEY\" > key")
                #expect(fixture.repository.text("key") == "k-é-1", "no header keeps them")
                _ = try await service.turn(
                    "t3",
                    "/run printf %s \"$DEMO_KEY\" > key",
                    headers: ["X-Octobot-Credentials": "[]"]
                )
                #expect(fixture.repository.text("key") == "")
                let path = "/proc/\(service.process.pid)/environ"
                let environ =
                    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(!environ.contains(fixture.environment["OCTOBOT_SECRET"] ?? "?"))
            }
        }
    }

    @Test("ten thousand chunks arrive, and their rate is told")
    func big() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                _ = try await service.turn("warm", "hello")
                let start = ContinuousClock.now
                try await service.prompt("t1", "/big 10000")
                let chunks = try #require(try await service.chunks("t1"))
                let seconds = start.duration(to: .now) / .seconds(1)
                #expect(chunks.text.contains("big 10000 of 10000\n"))
                print(
                    "/big 10000: \(chunks.count) chunks in \(seconds) s, \(Int(Double(chunks.count) / seconds)) a second"
                )
                let again = ContinuousClock.now
                #expect(try await service.chunks("t1") == chunks)
                let replay = again.duration(to: .now) / .seconds(1)
                print("replay: \(Int(Double(chunks.count) / replay)) a second")
            }
        }
    }
}
