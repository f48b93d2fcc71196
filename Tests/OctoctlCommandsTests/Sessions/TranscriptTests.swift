import JSONText
import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("what was said and what happened", .timeLimit(.minutes(1)))
struct TranscriptTests {
    @Test("a stored message: its text, its thoughts, its calls, its questions")
    func message() throws {
        let message = try JSONValue(
            parsing: Array(
                #"""
                {"id":"m","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"Hm."},
                {"type":"text","text":"Hello\n\u001b[1mthere\n"},
                {"type":"dynamic-tool","toolName":"Bash","title":"ls","state":"output-error","errorText":"no"},
                {"type":"dynamic-tool","toolName":"AskUserQuestion","input":{"questions":[{"question":"Which?"}]},
                "output":{"answers":{"Which?":"Left"}}},{"type":"file","mediaType":"image/png","url":"data:x"}]}
                """#.utf8
            )
        )
        #expect(
            Transcript.lines(of: message) == [
                "Agent:", "  │ Hm.", "  Hello", "  ␛[1mthere", "  ● Bash: ls", "    ✗ no", "  ? Which?", "    → Left",
                "  [file: image/png]", "",
            ]
        )
    }

    @Test("an event is one line: when, what, and its facts")
    func event() {
        let event = Event(
            id: "e1",
            seq: 1,
            type: .sessionUpdated,
            timestamp: Timestamp(milliseconds: 1_767_323_045_678),
            data: ["sessionId": "s1", "status": "ready\n\u{1B}[2J", "commitStatus": "", "n": 3, "more": ["a": 1]]
        )
        #expect(
            EventOptions.line(of: event)
                == "2026-01-02 03:04:05Z  session_updated  n=3 sessionId=s1 status=ready ␛[2J"
        )
    }

    @Test("a position is a word or a cursor")
    func position() {
        #expect(EventOptions.position(nil, default: .now) == .now)
        #expect(EventOptions.position("start", default: .now) == .start)
        #expect(EventOptions.position("snapshot", default: .start) == .snapshot)
        #expect(EventOptions.position("events:41", default: .now) == .cursor("events:41"))
    }
}
