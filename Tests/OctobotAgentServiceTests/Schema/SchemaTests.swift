import Foundation
import JSONText
import NIOHTTP1
import OctobotTestSupport
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// Where the published schema of ACP v1 lies; without it this suite has nothing to compare with.
private let schemaPath = ProcessInfo.processInfo.environment["OCTOBOT_ACP_SCHEMA"]

@Suite("ACP as it is spoken", .enabled(if: schemaPath != nil), .timeLimit(.minutes(2)))
struct SchemaTests {
    private struct Message {
        var json: JSONValue
        /// Whether octobot's side sent it.
        var isFromClient: Bool
    }

    @Test("every message of both sides fits the published schema")
    func conversation() async throws {
        let path = try #require(schemaPath)
        let schema = SchemaChecker(
            root: try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: path)))
        )
        let messages = try await record()
        var methods: [JSONValue: String] = [:]
        for message in messages {
            guard let method = message.json["method"]?.stringValue, let id = message.json["id"] else { continue }
            methods[.array([id, .bool(message.isFromClient)])] = method
        }
        var seen: Set<String> = []
        for message in messages {
            let json = message.json
            #expect(json["jsonrpc"] == "2.0")
            if let method = json["method"]?.stringValue {
                seen.insert(method)
                let id = json["id"]
                let name = try #require(
                    schema.definition(of: method, suffix: id == nil ? "Notification" : "Request"),
                    "\(method)"
                )
                #expect(schema.problems(of: json["params"] ?? .null, as: name) == [], "\(json)")
            } else {
                let id = try #require(json["id"])
                let method = try #require(methods[.array([id, .bool(!message.isFromClient)])])
                if let error = json["error"] {
                    #expect(schema.problems(of: error, as: "Error") == [], "\(json)")
                } else {
                    let name = try #require(schema.definition(of: method, suffix: "Response"))
                    #expect(schema.problems(of: json["result"] ?? .null, as: name) == [], "\(method): \(json)")
                }
            }
        }
        #expect(
            seen == [
                "initialize", "session/new", "session/prompt", "session/update", "session/request_permission",
                "elicitation/create", "session/cancel", "session/set_config_option",
            ]
        )
    }

    /// A conversation with the demo agent that uses everything it can do.
    private func record() async throws -> [Message] {
        try await ServiceFixture.run { fixture in
            let folder = fixture.repository.folder.path
            let script = "tee -a \(folder)/to | \(ServiceFixture.executable) demo | tee -a \(folder)/from"
            let command = try JSONCoding.encode(["/bin/sh", "-c", script])
            let recording = ServiceFixture(
                repository: fixture.repository,
                environment: fixture.environment.merging([
                    "OCTOBOT_AGENT_COMMAND": String(decoding: command, as: UTF8.self)
                ]) { $1 }
            )
            try await recording.serving { service in try await converse(service) }
            return try messages(folder + "/to", isFromClient: true) + messages(folder + "/from", isFromClient: false)
        }
    }

    private func converse(_ service: RunningService) async throws {
        _ = try await service.turn(
            "t1",
            "hi\n/plan\n/run echo x\n/run false\n/write w.txt w\n/edit w.txt w v\n/edit w.txt no x"
        )
        try await service.prompt("t2", "/permission echo y\n/ask Q | A | B\n/ask Free?\n/fail")
        var answered: Set<String> = []
        while answered.count < 3 { answered.insert(try await answerNext(service, after: answered)) }
        _ = try await service.chunks("t2")
        try await service.idle()
        try await service.prompt("t3", "/slow 1000")
        _ = try await service.chunks("t3") { $0.type == "text-delta" }
        _ = try await service.send(.POST, "/chat/cancel")
        _ = try await service.chunks("t3")
        try await service.idle()
        _ = try await service.send(.POST, "/chat", Self.attachments, headers: ["Idempotency-Key": "t4"])
        _ = try await service.chunks("t4")
    }

    private static let attachments: JSONValue = [
        "model": "demo:shout",
        "messages": [
            [
                "role": "user",
                "parts": [
                    ["type": "text", "text": "look"],
                    ["type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AAAA"],
                    ["type": "file", "mediaType": "text/plain", "url": "data:text/plain,hello"],
                ],
            ]
        ],
    ]

    /// Answers the next question of turn t2 with its first choice, and gives its id.
    private func answerNext(_ service: RunningService, after answered: Set<String>) async throws -> String {
        let chunks = try #require(
            try await service.chunks("t2") { chunk in
                if case .toolApprovalRequest(_, let id) = chunk { !answered.contains(id) } else { false }
            }
        )
        let id = try #require(chunks.approvalIDs.last)
        let form = try await service.send(.GET, "/chat/question?toolUseID=\(id)").body
        let question = try #require(form["question"]?["questions"]?.arrayValue?.first)
        let label = question["options"]?.arrayValue?.first?["label"]?.stringValue ?? "free text"
        let text = try #require(question["question"]?.stringValue)
        let body: JSONValue = ["toolUseID": .string(id), "answers": [text: .string(label)]]
        _ = try await service.send(.POST, "/chat/answer", body)
        return id
    }

    private func messages(_ path: String, isFromClient: Bool) throws -> [Message] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            Message(json: try JSONValue(parsing: Array($0.utf8)), isFromClient: isFromClient)
        }
    }
}
