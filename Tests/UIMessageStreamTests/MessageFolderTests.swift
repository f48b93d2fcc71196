import JSONText
import Testing
import UIMessageStream

@Suite("Folding chunks into messages")
struct MessageFolderTests {
    private func fold(_ chunks: [UIMessageChunk]) -> JSONValue {
        var folder = MessageFolder(messageID: "m")
        for chunk in chunks { folder.apply(chunk) }
        return folder.message
    }

    @Test("the examples give the parts clients show", arguments: StreamFixture.all)
    func examples(fixture: StreamFixture) throws {
        let message = fold(try fixture.chunks())
        let parts = try #require(message["parts"]?.arrayValue)
        #expect(parts.map { $0["state"]?.stringValue ?? $0["type"]?.stringValue } == fixture.states)
        #expect(message["id"]?.stringValue?.hasPrefix("msg-") == true)
        #expect(message["role"] == "assistant")
    }

    @Test("texts grow, tools keep input and output")
    func parts() throws {
        let message = fold(try StreamFixture.tool.chunks())
        #expect(message["metadata"] == ["model": "claude-code:sonnet"])
        #expect(message["parts"]?[4] == ["type": "text", "text": "Done, the tests pass.", "state": "done"])
        #expect(
            message["parts"]?[2] == [
                "type": "dynamic-tool", "toolName": "Bash", "toolCallId": "call_1", "title": "swift test",
                "state": "output-available", "input": ["command": "swift test"], "output": "All tests passed",
            ]
        )
    }

    @Test("an approval is marked as given or refused")
    func approvals() throws {
        let asked = try StreamFixture.question.chunks()
        #expect(fold(asked)["parts"]?[1]?["approval"] == ["id": "perm-3", "approved": true])
        let denied = fold(asked.prefix(5) + [.toolOutputDenied(toolCallID: "call_7")])
        #expect(denied["parts"]?[1]?["approval"] == ["id": "perm-3", "approved": false])
        #expect(denied["parts"]?[1]?["state"] == "output-denied")
    }

    @Test("data parts with an id replace each other, transient ones leave no trace")
    func data() {
        let message = fold([
            .data(name: "plan", id: "plan", data: 1), .data(name: "plan", id: "plan", data: 2),
            .data(name: "note", data: 3), .data(name: "x", data: 4, transient: true),
        ])
        #expect(
            message["parts"] == [
                ["type": "data-plan", "id": "plan", "data": 2], ["type": "data-note", "data": 3],
            ]
        )
    }

    @Test("metadata is merged deeply")
    func metadata() {
        let message = fold([
            .start(messageID: nil, metadata: ["a": ["b": 1, "c": 2]]), .messageMetadata(["a": ["c": 3]]),
            .finish(.stop, metadata: ["d": 4]),
        ])
        #expect(message["metadata"] == ["a": ["b": 1, "c": 3], "d": 4])
    }

    @Test("an input streamed in pieces appears when it is whole")
    func streamedInput() {
        let head = ToolCallHead(toolCallID: "c", toolName: "T")
        let message = fold([
            .toolInputStart(head), .toolInputDelta(toolCallID: "c", delta: #"{"a":"#),
            .toolInputDelta(toolCallID: "c", delta: "1}"),
        ])
        #expect(message["parts"]?[0]?["input"] == ["a": 1])
        #expect(message["parts"]?[0]?["state"] == "input-streaming")
    }

    @Test("ten thousand deltas are folded in linear time", .timeLimit(.minutes(1)))
    func large() {
        var chunks: [UIMessageChunk] = [.textStart(id: "t")]
        for _ in 0..<10_000 { chunks.append(.textDelta(id: "t", delta: "some words ")) }
        #expect(fold(chunks)["parts"]?[0]?["text"]?.stringValue?.utf8.count == 110_000)
    }
}
