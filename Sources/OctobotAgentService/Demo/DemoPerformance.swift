import AgentClientProtocol
import Foundation
import JSONText

/// Carries out one prompt of the demo agent.
struct DemoPerformance: Sendable {
    var client: ClientPeer
    var interval: Duration
    var shouts: Bool

    func play(_ blocks: [ContentBlock], greeting: Bool) async throws {
        if greeting { try await say("This is Octobot's deterministic demo agent; no model is involved.\n\n") }
        var text = ""
        for block in blocks {
            switch block {
            case .text(let part): text += text.isEmpty ? part : "\n" + part
            case .textResource(let uri, _, _), .blobResource(let uri, _, _), .resourceLink(let uri, _, _, _):
                try await say("I see an attachment: \(uri)\n")
            case .image(_, let type, _), .audio(_, let type): try await say("I see an attachment: \(type)\n")
            }
        }
        for step in DemoStep.parse(text) {
            try Task.checkCancellation()
            try await play(step)
        }
    }

    private func say(_ text: String) async throws {
        try await client.say(shouts ? text.uppercased() : text)
    }

    private func play(_ step: DemoStep) async throws {
        switch step {
        case .echo(let text): try await echo(text)
        case .run(let command): try await run(command, call: Self.callID())
        case .write(let path, let text): try await write(path, text)
        case .edit(let path, let old, let new): try await edit(path, old, new)
        case .plan: try await plan()
        case .ask(let question, let choices): try await ask(question, choices)
        case .permission(let command): try await permission(command)
        case .slow(let count, let milliseconds):
            let pause = milliseconds.map { Duration.milliseconds($0) } ?? interval
            for index in 1...max(count, 1) where index <= count {
                try await Task.sleep(for: pause)  // ok: being slow is what was asked for
                try await say("slow \(index) of \(count)\n")
            }
        case .big(let count):
            for index in 1...max(count, 1) where index <= count {
                try Task.checkCancellation()
                try await say("big \(index) of \(count)\n")
            }
        case .fail: throw ACPError(code: ACPError.internalCode, message: "The demo agent failed as it was told to")
        case .crash:
            FileHandle.standardError.write(Data("demo agent: crashing as told\n".utf8))
            kill(getpid(), SIGKILL)
        case .help: try await say(DemoStep.helpText)
        case .misunderstood(let line): try await say("I do not understand `\(line)`.\n\n\(DemoStep.helpText)")
        }
    }

    /// Repeats text in several pieces, as a model would.
    private func echo(_ text: String) async throws {
        var piece = ""
        for character in text {
            piece.append(character)
            if character.isWhitespace {
                try await say(piece)
                piece = ""
            }
        }
        try await say(piece + "\n")
    }

    private static func callID() -> String { "call-" + UUID().uuidString.lowercased() }

    private func run(_ command: String, call id: String) async throws {
        let input: JSONValue = ["command": .string(command)]
        try await client.send(
            .toolCall(ToolCallUpdate(id: id, title: command, kind: "execute", status: .inProgress, rawInput: input))
        )
        let result = try await ShellCommand(command).run()
        let text = result.output + (result.status == 0 ? "" : "\n(exit status \(result.status))")
        try await client.send(
            .toolCall(
                ToolCallUpdate(
                    id: id,
                    status: result.status == 0 ? .completed : .failed,
                    content: [Self.text(text)],
                    rawOutput: ["output": .string(result.output), "exit_code": .integer(Int64(result.status))]
                )
            )
        )
    }

    private static func text(_ text: String) -> JSONValue {
        ["type": "content", "content": ["type": "text", "text": .string(text)]]
    }

    private static func url(_ path: String) -> URL {
        URL(filePath: path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path)
    }

    private func write(_ path: String, _ text: String) async throws {
        let id = Self.callID()
        let content = text.hasSuffix("\n") ? text : text + "\n"
        try await client.send(
            .toolCall(
                ToolCallUpdate(
                    id: id,
                    title: "Write \(path)",
                    kind: "edit",
                    status: .inProgress,
                    rawInput: ["file_path": .string(path), "content": .string(content)],
                    toolName: "Write"
                )
            )
        )
        do {
            let url = Self.url(path)
            let old = FileManager.default.contents(atPath: url.path).map { String(decoding: $0, as: UTF8.self) }
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: url)
            try await finish(id, path: url.path, old: old, new: content)
        } catch let error as CocoaError {
            try await fail(id, error.localizedDescription)
        }
    }

    private func edit(_ path: String, _ old: String, _ new: String) async throws {
        let id = Self.callID()
        try await client.send(
            .toolCall(
                ToolCallUpdate(
                    id: id,
                    title: "Edit \(path)",
                    kind: "edit",
                    status: .inProgress,
                    rawInput: ["file_path": .string(path), "old_string": .string(old), "new_string": .string(new)],
                    toolName: "Edit"
                )
            )
        )
        do {
            let url = Self.url(path)
            let before = try String(contentsOf: url, encoding: .utf8)
            guard !old.isEmpty, before.contains(old) else {
                return try await fail(id, "\(path) does not contain \(old)")
            }
            let after = before.replacing(old, with: new, maxReplacements: 1)
            try Data(after.utf8).write(to: url)
            try await finish(id, path: url.path, old: before, new: after)
        } catch let error as CocoaError {
            try await fail(id, error.localizedDescription)
        }
    }

    private func finish(_ id: String, path: String, old: String?, new: String) async throws {
        var diff: [String: JSONValue] = ["type": "diff", "path": .string(path), "newText": .string(new)]
        diff["oldText"] = old.map(JSONValue.string)
        try await client.send(
            .toolCall(
                ToolCallUpdate(
                    id: id,
                    status: .completed,
                    content: [.object(diff)],
                    locations: [["path": .string(path)]]
                )
            )
        )
    }

    private func fail(_ id: String, _ reason: String) async throws {
        try await client.send(.toolCall(ToolCallUpdate(id: id, status: .failed, content: [Self.text(reason)])))
    }

    private func plan() async throws {
        let entries = ["Read the code", "Change it", "Run the tests"]
        for done in 0...entries.count {
            try await client.send(
                .plan(
                    entries: entries.enumerated().map { index, content in
                        let status = index < done ? "completed" : index == done ? "in_progress" : "pending"
                        return ["content": .string(content), "priority": "medium", "status": .string(status)]
                    }
                )
            )
        }
        try await say("That was the plan.\n")
    }

    private func ask(_ question: String, _ choices: [String]) async throws {
        var schema: [String: JSONValue] = ["type": "string", "title": "Question"]
        if !choices.isEmpty {
            schema["oneOf"] = .array(choices.map { ["const": .string($0), "title": .string($0)] })
        }
        switch try await client.elicit(question, properties: [.init(key: "answer", schema: .object(schema))]) {
        case .accept(let content): try await say("You answered: \(content["answer"]?.stringValue ?? "nothing")\n")
        case .decline: try await say("You declined to answer.\n")
        case .cancel: try await say("The question was cancelled.\n")
        }
    }

    private func permission(_ command: String) async throws {
        let id = Self.callID()
        let call = ToolCallUpdate(
            id: id,
            title: command,
            kind: "execute",
            status: .pending,
            rawInput: ["command": .string(command)]
        )
        let outcome = try await client.requestPermission(
            call,
            options: [
                .init(id: "always", name: "Always allow", kind: .allowAlways),
                .init(id: "once", name: "Allow", kind: .allowOnce), .init(id: "no", name: "Reject", kind: .rejectOnce),
            ]
        )
        switch outcome {
        case .selected("always"), .selected("once"): try await run(command, call: id)
        case .selected: try await say("I was not allowed to run `\(command)`.\n")
        case .cancelled: try Task.checkCancellation()
        }
    }
}
