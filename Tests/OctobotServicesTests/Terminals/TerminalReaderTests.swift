import JSONText
import OctobotAPI
import OctobotModel
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("Reading the output of a terminal", .timeLimit(.minutes(1)))
struct TerminalReaderTests {
    private func elements(
        _ records: [OutputRecord],
        from position: UInt64 = 0,
        head: UInt64 = 0,
        pieceSize: Int = 4096
    ) async throws -> [String] {
        var rest = records[...]
        let reader = TerminalReader(
            from: position,
            head: head,
            pieceSize: pieceSize,
            cursor: { "t:\($0)" },
            onRead: {},
            pull: { rest.popFirst() }
        )
        var elements: [String] = []
        while let element = try await reader.element() {
            switch element {
            case .bytes(let piece):
                let text = String(decoding: piece.bytes, as: UTF8.self)
                elements.append("\(piece.offset) \(text.debugDescription) \(piece.isText) \(piece.cursor)")
            case .synced(let cursor): elements.append("synced \(cursor)")
            case .gap(_, let from, let to): elements.append("gap \(from) \(to)")
            case .exited(let end, let resume): elements.append("exited \(end.exitCode ?? -1) \(resume)")
            case .end(let reason, let resume): elements.append("\(reason) \(resume)")
            case .entry, .snapshot: Issue.record("unexpected \(element)")
            }
        }
        return elements
    }

    private func end(_ code: Int, at position: UInt64) -> OutputRecord {
        OutputRecord(.end, position: position, payload: Array(#"{"exitCode":\#(code)}"#.utf8))
    }

    @Test("offsets and cursors count bytes; history ends where it ended when the viewer came")
    func positions() async throws {
        let records = [
            OutputRecord(.output, position: 10, payload: Array("ab€".utf8)),
            OutputRecord(.output, position: 15, payload: Array("c".utf8)), end(3, at: 16),
        ]
        #expect(
            try await elements(records, from: 10, head: 15) == [
                "10 \"ab€\" true t:15", "synced t:15", "15 \"c\" true t:16", "exited 3 t:16",
            ]
        )
        #expect(
            try await elements(records, from: 10, head: 10, pieceSize: 4) == [
                "synced t:10", "10 \"ab\" true t:12", "12 \"€\" true t:15", "15 \"c\" true t:16", "exited 3 t:16",
            ]
        )
    }

    @Test("a character that a gap cuts through is handed out as what came of it")
    func gaps() async throws {
        let records = [
            OutputRecord(.output, position: 0, payload: [0x61, 0xE2, 0x82]),
            OutputRecord(.gap, position: 100),
            OutputRecord(.output, position: 100, payload: [0x62]),
            OutputRecord(.output, position: 200, payload: [0x63]),
        ]
        #expect(
            try await elements(records) == [
                "synced t:0", "0 \"a\" true t:1", "1 \"\u{FFFD}\" false t:3", "gap t:3 t:100", "100 \"b\" true t:101",
                "gap t:101 t:200", "200 \"c\" true t:201", "closed t:201",
            ]
        )
    }

    @Test("an end that cannot be read is one with an unknown status")
    func badEnd() async throws {
        #expect(
            try await elements([OutputRecord(.end, position: 0, payload: [0x7B])]) == ["synced t:0", "exited 255 t:0"]
        )
    }

    @Test(
        "a sandbox that counts wrongly is not followed",
        arguments: [
            [OutputRecord(.output, position: 1 << 60, payload: [1])],
            [OutputRecord(.output, position: 0, payload: [1, 2]), OutputRecord(.output, position: 1, payload: [3])],
            [OutputRecord(.output, position: 0, payload: [1, 2]), OutputRecord(.gap, position: 0)],
        ]
    )
    func wrongCount(records: [OutputRecord]) async {
        let fault = await fault { _ = try await elements(records) }
        #expect(fault?.kind == .upstreamFailed)
    }
}
