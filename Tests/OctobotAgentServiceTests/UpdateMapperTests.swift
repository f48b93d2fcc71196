import AgentClientProtocol
import JSONText
import OctobotTestSupport
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("Mapping updates to chunks", .timeLimit(.minutes(2)))
struct UpdateMapperTests {
    /// Any step a turn may take, in any order.
    private static func step(_ mapper: inout UpdateMapper, _ random: inout SeededGenerator) -> [UIMessageChunk] {
        let call = "call-\(Int.random(in: 1...4, using: &random))"
        let approval = "approval-\(Int.random(in: 1...3, using: &random))"
        let messageID = ["a", "b", nil].randomElement(using: &random) ?? nil
        let blocks: [ContentBlock] = [
            .text("word "), .text(""), .image(data: "AA==", mimeType: "image/png"),
            .resourceLink(uri: "https://x", name: "x"), .resourceLink(uri: "file:///x", name: "x"),
            .textResource(uri: "file:///y", text: "y", mimeType: nil),
        ]
        let block = blocks.randomElement(using: &random) ?? .text("x")
        switch Int.random(in: 0...13, using: &random) {
        case 0...2: return mapper.apply(.agentMessage(block, messageID: messageID))
        case 3: return mapper.apply(.agentThought(block, messageID: messageID))
        case 4...8: return mapper.apply(.toolCall(toolCall(call, &random)))
        case 9: return mapper.mention(toolCall(call, &random))
        case 10: return mapper.deny(call)
        case 11: return mapper.apply(.plan(entries: []))
        case 12: return mapper.settle(approvalID: approval, answers: Bool.random(using: &random) ? ["q": "a"] : nil)
        default: return mapper.say("of ours")
        }
    }

    private static func toolCall(_ id: String, _ random: inout SeededGenerator) -> ToolCallUpdate {
        ToolCallUpdate(
            id: id,
            title: ["T", "U", nil].randomElement(using: &random) ?? nil,
            kind: ["read", "execute", nil].randomElement(using: &random) ?? nil,
            status: [.pending, .inProgress, .completed, .failed, nil].randomElement(using: &random) ?? nil,
            content: [[["type": "content", "content": ["type": "text", "text": "out"]]], nil]
                .randomElement(using: &random) ?? nil,
            rawInput: [[:], ["a": 1], ["a": 2], nil].randomElement(using: &random) ?? nil,
            rawOutput: ["x", ["output": "y"], nil].randomElement(using: &random) ?? nil
        )
    }

    @Test("any sequence of updates gives a message that obeys the grammar")
    func grammar() {
        let seed = UInt64.random(in: 0...UInt64.max)
        for round in 0..<400 {
            var random = SeededGenerator(seed: seed &+ UInt64(round))
            var mapper = UpdateMapper(messageID: "m", model: "t:x")
            var chunks: [UIMessageChunk] = []
            var asked = 0
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if asked < 3, Int.random(in: 0...9, using: &random) == 0 {
                    asked += 1
                    chunks += mapper.ask(approvalID: "approval-\(asked)", title: nil, input: [:])
                } else {
                    chunks += Self.step(&mapper, &random)
                }
            }
            let endings: [StreamCloser.Ending] = [.finished(.stop), .cancelled, .error("e")]
            chunks += mapper.finish(endings[round % 3])
            chunks += Self.step(&mapper, &random)
            #expect(throws: Never.self, "seed \(seed &+ UInt64(round)): \(chunks)") { try ChunkGrammar.check(chunks) }
            for chunk in chunks {
                #expect(throws: Never.self, "seed \(seed)") { try UIMessageChunk(parsing: chunk.bytes) }
            }
        }
    }

    private func types(_ chunks: [UIMessageChunk]) -> [String] { chunks.map(\.type) }

    @Test("an input that comes late is waited for")
    func lateInput() {
        var mapper = UpdateMapper(messageID: "m")
        let first = mapper.apply(.toolCall(.init(id: "c", title: "T", status: .pending, rawInput: [:])))
        #expect(types(first) == ["start", "start-step", "tool-input-start"])
        let second = mapper.apply(.toolCall(.init(id: "c", rawInput: ["a": 1])))
        #expect(types(second) == ["tool-input-available"])
        #expect(types(mapper.apply(.toolCall(.init(id: "c", rawInput: ["a": 1])))).isEmpty)
    }

    @Test("an update for a call never announced creates it")
    func updateFirst() {
        var mapper = UpdateMapper(messageID: "m")
        let chunks = mapper.apply(.toolCall(.init(id: "c", status: .completed, rawOutput: "done")))
        #expect(
            types(chunks)
                == ["start", "start-step", "tool-input-start", "tool-input-available", "tool-output-available"]
        )
    }

    @Test("a refused call is denied at once and its later failure swallowed")
    func refused() {
        var mapper = UpdateMapper(messageID: "m")
        _ = mapper.mention(.init(id: "c", title: "rm"))
        #expect(mapper.deny("c") == [.toolOutputDenied(toolCallID: "c")])
        #expect(mapper.apply(.toolCall(.init(id: "c", status: .failed))).isEmpty)
    }

    @Test("a text after finished calls begins a new step")
    func steps() {
        var mapper = UpdateMapper(messageID: "m")
        _ = mapper.apply(.toolCall(.init(id: "c", status: .completed)))
        let chunks = mapper.apply(.agentMessage(.text("x"), messageID: nil))
        #expect(types(chunks) == ["finish-step", "start-step", "text-start", "text-delta"])
    }

    static let outputs: [(ToolCallUpdate, JSONValue)] = [
        (.init(id: "c", status: .completed), ""),
        (.init(id: "c", status: .completed, rawOutput: "raw"), "raw"),
        (.init(id: "c", status: .completed, rawOutput: ["formatted_output": "f", "exit_code": 0]), "f"),
        (.init(id: "c", status: .completed, rawOutput: ["k": 1]), ["k": 1]),
        (.init(id: "c", status: .completed, content: [["type": "text", "text": "bare"]]), "bare"),
        (
            .init(id: "c", status: .completed, content: [["type": "diff", "path": "/a", "newText": "n"]]),
            ["text": "", "content": [["type": "diff", "path": "/a", "newText": "n"]]]
        ),
    ]

    @Test("the output is the first place that holds something", arguments: outputs)
    func output(update: ToolCallUpdate, expected: JSONValue) {
        var mapper = UpdateMapper(messageID: "m")
        #expect(mapper.apply(.toolCall(update)).last == .toolOutputAvailable(toolCallID: "c", output: expected))
    }
}
