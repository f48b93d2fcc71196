import AgentClientProtocol
import JSONText
import OctobotTestSupport
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("Cutting what tools give", .timeLimit(.minutes(1)))
struct SizeLimitTests {
    private let limit = SizeLimit(bytes: 1000)

    private func size(_ value: JSONValue) -> Int { value.serialized().count }

    @Test("what fits stays as it is")
    func fitting() {
        let value: JSONValue = ["text": .string(String(repeating: "x", count: 900)), "n": 1, "list": [true, .null]]
        #expect(limit.cut(value) == value)
        #expect(limit.cut(String(repeating: "x", count: 1000)) == String(repeating: "x", count: 1000))
    }

    @Test("a text keeps its beginning and its end and says how much is missing between them")
    func text() throws {
        let text = "begin" + String(repeating: "0123456789", count: 1000) + "end"
        let cut = limit.cut(text)
        #expect(cut.utf8.count <= 1000 && cut.utf8.count > 900)
        #expect(cut.hasPrefix("begin0123456789") && cut.hasSuffix("6789end"))
        let match = try #require(cut.firstMatch(of: /\n\[… (\d+) bytes cut …\]\n/))
        let missing = try #require(Int(match.1))
        #expect(cut.utf8.count - match.0.utf8.count + missing == text.utf8.count)
    }

    @Test("only the longest texts of a value are cut, and its shape stays")
    func longest() {
        let value: JSONValue = [
            "text": .string(String(repeating: "a", count: 2000)),
            "content": [
                ["type": "diff", "path": "notes.txt", "newText": .string(String(repeating: "b", count: 3000))],
                ["type": "content", "content": ["type": "text", "text": "short"]],
            ],
            "exitCode": 1,
        ]
        let cut = limit.cut(value)
        #expect(size(cut) <= 1000 && size(cut) > 800)
        #expect(cut["exitCode"] == 1)
        #expect(cut["content"]?[0]?["path"] == "notes.txt")
        #expect(cut["content"]?[1] == value["content"]?[1])
        for text in [cut["text"], cut["content"]?[0]?["newText"]] {
            #expect(text?.stringValue?.contains("bytes cut") == true)
        }
    }

    @Test("a value of too many small things becomes a text of it")
    func small() {
        let cut = limit.cut(.array((0..<5000).map { .integer($0) }))
        #expect(size(cut) <= 1000)
        #expect(cut.stringValue?.hasPrefix("[0,1,2") == true)
        #expect(cut.stringValue?.hasSuffix("4998,4999]") == true)
    }

    @Test("any value is within the limit afterwards, escapes and long scalars included")
    func anything() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "\u{1}", "\"", "\\", "\n", "ä", "…", "🙂", "e\u{301}", "\r\n"]
        for _ in 0..<300 {
            func value(_ depth: Int) -> JSONValue {
                switch Int.random(in: 0...(depth > 3 ? 1 : 3), using: &random) {
                case 0:
                    let piece = pieces.randomElement(using: &random) ?? ""
                    return .string(String(repeating: piece, count: Int.random(in: 0...2000, using: &random)))
                case 1:
                    return .integer(Int64.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &random))
                case 2: return .array((0..<Int.random(in: 0...6, using: &random)).map { _ in value(depth + 1) })
                default:
                    let members = (0..<Int.random(in: 0...6, using: &random)).map { ("m\($0)", value(depth + 1)) }
                    return .object(Dictionary(members) { $1 })
                }
            }
            let whole = value(0)
            let cut = limit.cut(whole)
            #expect(size(cut) <= 1000, "seed \(seed)")
            if size(whole) < 500 { #expect(cut == whole, "seed \(seed)") }
        }
    }

    @Test("a tool's output beyond what a chunk may hold reaches the message, cut")
    func mapper() throws {
        var mapper = UpdateMapper(messageID: "m")
        let text = String(repeating: "line \u{1B}[0m\n", count: 1 << 20)
        let block: JSONValue = ["type": "content", "content": ["type": "text", "text": .string(text)]]
        let diff: JSONValue = ["type": "diff", "path": "a", "newText": .string(text)]
        var chunks = mapper.apply(
            .toolCall(
                ToolCallUpdate(id: "1", status: .completed, content: [block, diff], rawInput: ["a": .string(text)])
            )
        )
        chunks += mapper.apply(.toolCall(ToolCallUpdate(id: "2", status: .failed, content: [block])))
        let types = chunks.compactMap { $0.json["type"]?.stringValue }
        #expect(types.contains("tool-output-available") && types.contains("tool-output-error"))
        for chunk in chunks {
            #expect(chunk.json.serialized().count < AgentLimit.event / 2 + (1 << 16))
        }
        let output = chunks.compactMap { $0.json["output"]?["text"]?.stringValue }.first
        #expect(output?.contains("bytes cut") == true)
    }
}
