import JSONText
import Testing
import UIMessageStream

@Suite("Chunks")
struct UIMessageChunkTests {
    static let head = ToolCallHead(
        toolCallID: "c",
        toolName: "Bash",
        title: "ls",
        providerExecuted: true,
        providerMetadata: ["a": 1]
    )

    static let everyKind: [UIMessageChunk] = [
        .start(messageID: "m", metadata: ["model": "x"]), .start(messageID: nil), .startStep, .textStart(id: "t"),
        .textDelta(id: "t", delta: "ä\n\u{2028}\"", providerMetadata: ["p": true]), .textEnd(id: "t"),
        .reasoningStart(id: "r"), .reasoningDelta(id: "r", delta: ""), .reasoningEnd(id: "r"), .toolInputStart(head),
        .toolInputDelta(toolCallID: "c", delta: "{"), .toolInputAvailable(head, input: .null),
        .toolInputError(head, input: [1, 2], errorText: "bad"), .toolApprovalRequest(toolCallID: "c", approvalID: "a"),
        .toolOutputAvailable(toolCallID: "c", output: ["x": nil], preliminary: true, providerExecuted: false),
        .toolOutputError(toolCallID: "c", errorText: "no", isDynamic: nil), .toolOutputDenied(toolCallID: "c"),
        .file(url: "data:a/b;base64,AA==", mediaType: "a/b"), .sourceURL(sourceID: "s", url: "https://x", title: "X"),
        .sourceDocument(sourceID: "s", mediaType: "a/b", title: "D", filename: "d.pdf"),
        .data(name: "plan", id: "plan", data: ["entries": []], transient: false), .messageMetadata(["usage": 1]),
        .finishStep, .finish(.contentFilter, metadata: ["k": "v"]), .finish(nil), .error("e"), .abort(reason: "r"),
    ]

    @Test("survive writing and reading", arguments: everyKind)
    func roundTrip(chunk: UIMessageChunk) throws {
        #expect(try UIMessageChunk(parsing: chunk.bytes) == chunk)
        #expect(!chunk.bytes.contains(0x0A))
    }

    @Test("refuse one unknown key, as AI SDK 6 does", arguments: everyKind)
    func unknownKey(chunk: UIMessageChunk) throws {
        var members = try #require(chunk.json.objectValue)
        members["surprise"] = true
        #expect(throws: ChunkFormatError.self) { try UIMessageChunk(json: .object(members)) }
    }

    @Test(
        "refuse what is no chunk",
        arguments: [
            "[]", "{}", #"{"type":"nope"}"#, #"{"type":"text-delta","id":"t"}"#, #"{"type":"text-start","id":1}"#,
            #"{"type":"tool-output-available","toolCallId":"c"}"#, #"{"type":"finish","finishReason":"bored"}"#,
            #"{"type":"data-","data":1}"#, "{",
        ]
    )
    func malformed(text: String) {
        #expect(throws: ChunkFormatError.self) { try UIMessageChunk(parsing: Array(text.utf8)) }
    }
}
