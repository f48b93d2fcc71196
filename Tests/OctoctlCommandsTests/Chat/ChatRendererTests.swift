import JSONText
import OctobotAPI
import Testing

@testable import OctoctlCommands

@Suite("how a turn is shown", .timeLimit(.minutes(1)))
struct ChatRendererTests {
    /// Renders recorded items, one JSON object a line; text and notes as they would be read.
    private func render(_ lines: String, showsPrompts: Bool = false) throws -> (text: String, notes: [String]) {
        var renderer = ChatRenderer(showsPrompts: showsPrompts)
        var pieces: [ChatRenderer.Piece] = []
        for line in lines.split(separator: "\n") {
            pieces += renderer.render(try JSONCoding.decode(ChatItem.self, from: line.utf8))
        }
        pieces += renderer.finish()
        var text = ""
        var notes: [String] = []
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .endLine: text += "\n"
            case .note(let line, _): notes.append(line)
            }
        }
        return (text, notes)
    }

    @Test("text is standard output's alone; thoughts and tools are notes")
    func toolTurn() throws {
        let shown = try render(
            #"""
            {"kind":"prompt","turnId":"t","message":{"id":"m","role":"user","parts":[{"type":"text","text":"go"}]}}
            {"kind":"turn","turnId":"t","state":"running"}
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"start","messageId":"m1"}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"reasoning-start","id":"r-1"}}
            {"kind":"chunk","turnId":"t","n":3,"chunk":{"type":"reasoning-delta","id":"r-1","delta":"The test names\na missing"}}
            {"kind":"chunk","turnId":"t","n":4,"chunk":{"type":"reasoning-delta","id":"r-1","delta":" file."}}
            {"kind":"chunk","turnId":"t","n":5,"chunk":{"type":"reasoning-end","id":"r-1"}}
            {"kind":"chunk","turnId":"t","n":6,"chunk":{"type":"text-start","id":"t-1"}}
            {"kind":"chunk","turnId":"t","n":7,"chunk":{"type":"text-delta","id":"t-1","delta":"Let me "}}
            {"kind":"chunk","turnId":"t","n":8,"chunk":{"type":"text-delta","id":"t-1","delta":"look."}}
            {"kind":"chunk","turnId":"t","n":9,"chunk":{"type":"text-end","id":"t-1"}}
            {"kind":"chunk","turnId":"t","n":10,"chunk":{"type":"tool-input-start","toolCallId":"c","toolName":"Bash","dynamic":true,"title":"swift test"}}
            {"kind":"chunk","turnId":"t","n":11,"chunk":{"type":"tool-input-available","toolCallId":"c","toolName":"Bash","input":{"command":"swift test"},"dynamic":true,"title":"swift test"}}
            {"kind":"chunk","turnId":"t","n":12,"chunk":{"type":"tool-output-available","toolCallId":"c","output":"All tests passed\n","dynamic":true}}
            {"kind":"chunk","turnId":"t","n":13,"chunk":{"type":"text-start","id":"t-2"}}
            {"kind":"chunk","turnId":"t","n":14,"chunk":{"type":"text-delta","id":"t-2","delta":"Done."}}
            {"kind":"chunk","turnId":"t","n":15,"chunk":{"type":"finish","finishReason":"stop"}}
            {"kind":"turn","turnId":"t","state":"completed"}
            """#
        )
        #expect(shown.text == "Let me look.\nDone.\n")
        #expect(
            shown.notes == ["│ The test names", "│ a missing file.", "● Bash: swift test", "  All tests passed"]
        )
    }

    @Test("a whole message reads like the turn it stands for")
    func wholeMessages() throws {
        var renderer = ChatRenderer(showsPrompts: true)
        var pieces: [ChatRenderer.Piece] = []
        for text in [
            #"{"id":"m","role":"user","parts":[{"type":"text","text":"go\non"}]}"#,
            #"""
            {"id":"a","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"Hm."},
            {"type":"text","text":"Let me \u001b[31mlook."},
            {"type":"dynamic-tool","toolName":"Bash","toolCallId":"c","state":"output-available",
            "input":{"command":"swift test"},"output":"fine"},{"type":"text","text":"Done."}]}
            """#,
            #"{"id":"n","role":"user","parts":[{"type":"text","text":"next"}]}"#,
        ] { pieces += renderer.render(try JSONValue(parsing: Array(text.utf8))) }
        #expect(
            pieces == [
                .note("> go", .bold), .note("> on", .bold), .note("│ Hm.", .dim), .text("Let me \u{241B}[31mlook."),
                .note("● Bash: swift test", .dim), .endLine, .text("Done."), .endLine, .note("> next", .bold),
            ]
        )
        #expect(renderer.finish().isEmpty)
    }

    @Test("changes to files are shown as they come")
    func files() throws {
        let shown = try render(
            #"""
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"tool-input-available","toolCallId":"c","toolName":"Edit","input":{"file_path":"a.txt"},"dynamic":true}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"tool-output-available","toolCallId":"c","output":{"text":"","content":[{"type":"diff","path":"a.txt","oldText":"one\ntwo\nthree\n","newText":"one\n2\nthree\nfour\n"}]},"dynamic":true}}
            """#
        )
        #expect(shown.notes == ["● Edit: a.txt", "  a.txt +2 -1", "    -two", "    +2", "    +four"])
    }

    @Test("an error is told once, and the turn says that it failed")
    func failure() throws {
        let shown = try render(
            #"""
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"text-delta","id":"x","delta":"So far"}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"error","errorText":"Set ANTHROPIC_API_KEY"}}
            {"kind":"chunk","turnId":"t","n":3,"chunk":{"type":"finish","finishReason":"error"}}
            {"kind":"turn","turnId":"t","state":"failed","reason":"Set ANTHROPIC_API_KEY"}
            """#
        )
        #expect(shown.text == "So far\n")
        #expect(shown.notes == ["✗ Set ANTHROPIC_API_KEY", "The turn failed."])
    }

    @Test("a question's own tool call is not shown; its answer is, with who gave it")
    func approvals() throws {
        let shown = try render(
            #"""
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"tool-input-available","toolCallId":"ask-p","toolName":"AskUserQuestion","input":{"questions":[]},"dynamic":true}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"tool-approval-request","toolCallId":"ask-p","approvalId":"p"}}
            {"kind":"approval","turnId":"t","approval":{"id":"p","sessionId":"s","turnId":"t","toolCallId":"ask-p","kind":"permission","state":"answered","questions":[{"question":"Allow: rm?","header":"Permission","options":[],"multiSelect":false}],"answers":{"Allow: rm?":"Allow"},"answeredBy":"Ada","answeredAt":"2026-01-02T03:04:05.000Z","createdAt":"2026-01-02T03:04:04.000Z"}}
            {"kind":"chunk","turnId":"t","n":3,"chunk":{"type":"tool-output-available","toolCallId":"ask-p","output":{"answers":{}}}}
            """#
        )
        #expect(shown.notes == ["  answered: Allow (Ada)"])
    }

    @Test("a plan is shown once, then what changes in it; denied and failed calls say so")
    func plan() throws {
        let shown = try render(
            #"""
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"data-plan","id":"plan","data":{"entries":[{"content":"Read","status":"in_progress"},{"content":"Write","status":"pending"}]}}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"data-plan","id":"plan","data":{"entries":[{"content":"Read","status":"completed"},{"content":"Write","status":"pending"}]}}}
            {"kind":"chunk","turnId":"t","n":3,"chunk":{"type":"tool-input-start","toolCallId":"c","toolName":"Bash","title":"rm x"}}
            {"kind":"chunk","turnId":"t","n":4,"chunk":{"type":"tool-output-denied","toolCallId":"c"}}
            {"kind":"chunk","turnId":"t","n":5,"chunk":{"type":"tool-input-start","toolCallId":"d","toolName":"Read"}}
            {"kind":"chunk","turnId":"t","n":6,"chunk":{"type":"tool-output-error","toolCallId":"d","errorText":"no such file"}}
            {"kind":"chunk","turnId":"t","n":7,"chunk":{"type":"something-new","x":1}}
            {"kind":"turn","turnId":"t","state":"cancelled"}
            """#
        )
        #expect(
            shown.notes == [
                "  ▶ Read", "  ☐ Write", "  ☑ Read", "● Bash: rm x", "  ✗ not allowed", "● Read", "  ✗ no such file",
                "The turn was cancelled.",
            ]
        )
    }

    @Test("long output is cut, and nothing an agent says reaches the terminal as a command")
    func harmless() throws {
        let output = (1...40).map { "line \($0)" }.joined(separator: "\\n")
        let shown = try render(
            """
            {"kind":"chunk","turnId":"t","n":1,"chunk":{"type":"text-delta","id":"x","delta":"\\u001b[2Jhello\\r\\n"}}
            {"kind":"chunk","turnId":"t","n":2,"chunk":{"type":"tool-input-available","toolCallId":"c","toolName":"B\\u001bash","title":"a\\nb","input":{}}}
            {"kind":"chunk","turnId":"t","n":3,"chunk":{"type":"tool-output-available","toolCallId":"c","output":"\(output)"}}
            """
        )
        #expect(shown.text == "␛[2Jhello\n")
        #expect(shown.notes.first == "● B␛ash: a b")
        #expect(shown.notes.count == 13)
        #expect(shown.notes.last == "  … 29 more lines")
    }

    @Test("a reader of the log sees the prompts too")
    func prompts() throws {
        let shown = try render(
            #"""
            {"kind":"prompt","turnId":"t","message":{"id":"m","role":"user","parts":[{"type":"text","text":"one\ntwo"}]}}
            """#,
            showsPrompts: true
        )
        #expect(shown.notes == ["> one", "> two"])
    }

    @Test("the prompt comes from the words, or from standard input for a dash; nothing is refused")
    func prompt() throws {
        #expect(try ChatSend.text(of: ["fix", "it"]) == "fix it")
        #expect(try ChatSend.text(of: ["-"], input: { .init("from\na pipe".utf8) }) == "from\na pipe")
        for words in [[], [""], [" ", "\n"]] {
            let failure = #expect(throws: Failure.self) { try ChatSend.text(of: words) }
            #expect(failure?.status == 64)
        }
        #expect(throws: Failure.self) { try ChatSend.text(of: ["-"], input: { nil }) }
    }
}
