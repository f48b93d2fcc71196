import JSONText
import Testing

@testable import OctobotAgentService

@Suite("Lines of JSON")
struct LineSplitterTests {
    private func pieces(_ text: String, by size: Int = 1 << 20) -> [LineSplitter.Piece] {
        var splitter = LineSplitter()
        var pieces: [LineSplitter.Piece] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            pieces += splitter.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    @Test("messages are whole however they are cut", arguments: [1, 2, 7, 1000])
    func cuts(size: Int) {
        let text = "{\"a\":1}\n\n  \n{\"b\":\"}{ \\\" ü\"}\r\n{\"unfinished\":"
        #expect(pieces(text, by: size) == [.message(["a": 1]), .message(["b": "}{ \" ü"])])
    }

    @Test("several in a line are found, and what is none is told")
    func several() {
        #expect(
            pieces("{\"a\":1}{\"b\":[{}]} {\"c\":2}\n") == [
                .message(["a": 1]), .message(["b": [[:]]]), .message(["c": 2]),
            ]
        )
        #expect(pieces("warning: x {\"a\":1}\n") == [.noise("warning: x "), .message(["a": 1])])
        #expect(pieces("{\"a\":\n[1]\n") == [.noise("{\"a\":"), .noise("[1]")])
    }

    @Test("a line beyond the limit is left out, and the next one is read")
    func limit() {
        var splitter = LineSplitter()
        splitter.limit = 10
        let found = splitter.take(Array("{\"a\":\"0123456789\"}\n{\"b\":1}\n".utf8))
        guard found.count == 2, case .noise = found[0] else {
            Issue.record("\(found)")
            return
        }
        #expect(found[1] == .message(["b": 1]))
    }
}
