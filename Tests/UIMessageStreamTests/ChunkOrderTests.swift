import JSONText
import Testing
import UIMessageStream

@Suite("The order of chunks")
struct ChunkOrderTests {
    @Test("the examples of the contract obey the grammar", arguments: StreamFixture.all)
    func examples(fixture: StreamFixture) throws {
        let chunks = try fixture.chunks()
        #expect(throws: Never.self) { try ChunkGrammar.check(chunks) }
    }

    @Test("a message cut anywhere is closed into a whole one", arguments: StreamFixture.all)
    func closing(fixture: StreamFixture) throws {
        let chunks = try fixture.chunks()
        let endings: [StreamCloser.Ending] = [.error("broke"), .cancelled, .unknown("lost"), .finished(.stop)]
        for count in 0..<chunks.count {
            for ending in endings {
                let cut = Array(chunks.prefix(count))
                let whole = cut + StreamCloser(cut).closing(ending, messageID: "m")
                #expect(throws: Never.self, "\(fixture.testDescription), cut at \(count), \(ending)") {
                    try ChunkGrammar.check(whole)
                }
            }
        }
        #expect(StreamCloser(chunks).closing(.cancelled).isEmpty)
    }

    @Test("the closing chunks are those of the contract's example")
    func closingExample() throws {
        let chunks = try StreamFixture.cancelled.chunks()
        let closing = StreamCloser(chunks.prefix(5)).closing(.cancelled)
        #expect(closing == Array(chunks.dropFirst(5)))
    }

    @Test("a call that waits for approval is denied when the message ends")
    func denial() throws {
        let chunks = try StreamFixture.question.chunks().prefix(5)
        let closing = StreamCloser(chunks).closing(.error("gone"))
        #expect(closing.first == .toolOutputDenied(toolCallID: "call_7"))
        #expect(closing.last == .finish(.error))
    }

    static let call = ToolCallHead(toolCallID: "c", toolName: "T")

    @Test(
        "what breaks the grammar is refused",
        arguments: [
            [.startStep], [.start(messageID: nil), .start(messageID: nil)],
            [.start(messageID: nil), .textStart(id: "t")],
            [.start(messageID: nil), .startStep, .textDelta(id: "t", delta: "x")],
            [.start(messageID: nil), .startStep, .textStart(id: "t"), .finishStep],
            [.start(messageID: nil), .startStep, .textStart(id: "t"), .textEnd(id: "t"), .textStart(id: "t")],
            [.start(messageID: nil), .startStep, .toolOutputAvailable(toolCallID: "c", output: "")],
            [
                .start(messageID: nil), .startStep, .toolInputStart(call),
                .toolOutputAvailable(toolCallID: "c", output: ""),
            ],
            [.start(messageID: nil), .startStep, .toolInputStart(call), .finishStep],
            [.start(messageID: nil), .startStep, .error("e")], [.start(messageID: nil), .finish(.stop), .startStep],
        ] as [[UIMessageChunk]]
    )
    func violations(chunks: [UIMessageChunk]) {
        #expect(throws: ChunkGrammar.Violation.self) {
            var grammar = ChunkGrammar()
            for chunk in chunks { try grammar.accept(chunk) }
        }
    }

    @Test("a message without its finish is not whole")
    func incomplete() {
        #expect(throws: ChunkGrammar.Violation.self) { try ChunkGrammar.check([.start(messageID: nil)]) }
    }
}
