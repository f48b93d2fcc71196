import Foundation
import JSONText
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// What an ACP agent has done for it (acp.md §11.3, §11.4).
@Suite("Files and terminals for agents", .timeLimit(.minutes(1)))
struct AgentHandsTests {
    /// `call ID METHOD PARAMS` sends a request and writes the answer down.
    private static let setup =
        #"call() { ask "$1" "$2" "$3"; IFS= read -r line; printf '%s\n' "$line" >> "$AGENT_FOLDER/answers"; }"#

    /// Runs one turn of the script and gives the agent's answers from us, in order.
    private func answers(_ script: String) async throws -> [JSONValue] {
        var answers: [JSONValue] = []
        try await TurnHarness.run(onPrompt: script + "; done_", setup: Self.setup) { harness in
            try Data("one\ntwo\nthree".utf8).write(to: harness.folder.appending(path: "f.txt"))
            #expect(try await harness.turn("t").last == .finish(.stop))
            answers = try harness.lines("answers").map { try JSONValue(parsing: Array($0.utf8)) }
        }
        return answers
    }

    private func terminal(_ members: String) -> String {
        "call 1 terminal/create '{\"sessionId\":\"s\",\(members)}'"
    }

    private func on(_ id: Int, _ method: String, _ terminal: String = "term-1") -> String {
        "call \(id) terminal/\(method) '{\"sessionId\":\"s\",\"terminalId\":\"\(terminal)\"}'"
    }

    @Test("files of the workspace are read, whole and by lines, and written")
    func files() async throws {
        let folder = #"'"$AGENT_FOLDER"'"#
        let answers = try await answers(
            [
                #"call 1 fs/read_text_file '{"sessionId":"s","path":"\#(folder)/f.txt"}'"#,
                #"call 2 fs/read_text_file '{"sessionId":"s","path":"\#(folder)/f.txt","line":2,"limit":1}'"#,
                #"call 3 fs/read_text_file '{"sessionId":"s","path":"\#(folder)/f.txt","line":9}'"#,
                #"call 4 fs/write_text_file '{"sessionId":"s","path":"\#(folder)/new/g.txt","content":"ä"}'"#,
                #"call 5 fs/read_text_file '{"sessionId":"s","path":"\#(folder)/new/g.txt","line":null,"limit":null}'"#,
            ].joined(separator: "; ")
        )
        #expect(answers.map { $0["result"]?["content"] } == ["one\ntwo\nthree", "two\n", "", nil, "ä"])
        #expect(answers[3]["result"] == [:])
    }

    @Test(
        "nothing outside the workspace, nothing that is not there, nothing that is no text",
        arguments: [
            ("/etc/passwd", -32602), (#"'"$AGENT_FOLDER"'/../x"#, -32602), ("f.txt", -32602),
            (#"'"$AGENT_FOLDER"'/none"#, -32002), (#"'"$AGENT_FOLDER"'/link/passwd"#, -32602),
            (#"'"$AGENT_FOLDER"'/binary"#, -32602),
        ]
    )
    func refusals(path: String, code: Int64) async throws {
        let answers = try await answers(
            #"ln -s /etc "$AGENT_FOLDER/link"; printf '\377' > "$AGENT_FOLDER/binary"; "#
                + #"call 1 fs/read_text_file '{"sessionId":"s","path":"\#(path)"}'"#
        )
        #expect(answers.first?["error"]?["code"]?.integerValue == code, "\(answers)")
    }

    @Test("a terminal's output and end are told; once released it is unknown")
    func terminal() async throws {
        let answers = try await answers(
            [
                terminal(
                    #""command":"/bin/sh","args":["-c","echo $A; echo err >&2; exit 3"],"env":[{"name":"A","value":"a b"}]"#
                ),
                on(2, "wait_for_exit"), on(3, "output"), on(4, "release"), on(5, "output"),
            ].joined(separator: "; ")
        )
        #expect(answers[0]["result"] == ["terminalId": "term-1"])
        #expect(answers[1]["result"] == ["exitCode": 3])
        #expect(answers[2]["result"]?["exitStatus"] == ["exitCode": 3])
        #expect(answers[2]["result"]?["truncated"] == false)
        let lines = answers[2]["result"]?["output"]?.stringValue?.split(separator: "\n").sorted()
        #expect(lines == ["a b", "err"])
        #expect(answers[3]["result"] == [:])
        #expect(answers[4]["error"]?["code"] == -32002)
    }

    @Test("a killed terminal stays, with its end; credentials are not in its environment")
    func kill() async throws {
        let answers = try await answers(
            [
                terminal(#""command":"sleep","args":["1000"]"#), on(2, "output"), on(3, "kill"), on(4, "wait_for_exit"),
                on(5, "output"),
            ].joined(separator: "; ")
        )
        #expect(answers[1]["result"]?["exitStatus"] == nil)
        #expect(answers[3]["result"] == ["signal": "SIGKILL"])
        #expect(answers[4]["result"]?["exitStatus"] == ["signal": "SIGKILL"])
    }

    @Test("of too much output the end is kept, from a whole character on")
    func truncation() async throws {
        let answers = try await answers(
            [
                terminal(#""command":"printf aäöü","outputByteLimit":5"#), on(2, "wait_for_exit"), on(3, "output"),
            ].joined(separator: "; ")
        )
        #expect(answers[2]["result"]?["output"] == "öü")
        #expect(answers[2]["result"]?["truncated"] == true)
    }

    @Test("a command that is not there, a terminal too many and an unknown method are refused")
    func badCommand() async throws {
        let many =
            #"n=0; while [ $n -lt 65 ]; do n=$((n+1)); call $n terminal/create '{"sessionId":"s","command":"true"}'; done"#
        let answers = try await answers(
            "call 1 terminal/create '{\"sessionId\":\"s\",\"command\":\"no-such-program\"}'; \(many); call 99 fs/delete '{}'"
        )
        #expect(answers.first?["error"]?["message"]?.stringValue?.contains("no-such-program") == true)
        #expect(answers.count { $0["result"]?["terminalId"] != nil } == 64)
        #expect(answers[65]["error"]?["message"]?.stringValue?.contains("64 terminals") == true)
        #expect(answers[66]["error"]?["code"] == -32601)
    }

    @Test("a call that shows a terminal has its output, also once it is released")
    func shown() async throws {
        let script = [
            terminal(#""command":"printf","args":["hello"]"#),
            #"update '{"sessionUpdate":"tool_call","toolCallId":"c","title":"T","kind":"execute","status":"in_progress","content":[{"type":"terminal","terminalId":"term-1"}]}'"#,
            on(2, "wait_for_exit"), on(3, "release"),
            #"update '{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}'; done_"#,
        ].joined(separator: "; ")
        try await TurnHarness.run(onPrompt: script, setup: Self.setup) { harness in
            let output = try await harness.turn("t").compactMap { chunk -> JSONValue? in
                if case .toolOutputAvailable("c", let output, _, _, _) = chunk { output } else { nil }
            }
            #expect(output.first?["text"] == "hello")
            #expect(output.first?["exitCode"] == 0)
        }
    }

    @Test("what is offered is said, and terminals end with their agent")
    func offer() async throws {
        let script = [
            terminal(#""command":"sleep","args":["1000"]"#), on(2, "output"),
            #"ps -eo args 2>/dev/null | grep -c '^sleep 1000' > /dev/null; done_"#,
        ].joined(separator: "; ")
        try await TurnHarness.run(onPrompt: script, setup: Self.setup) { harness in
            _ = try await harness.turn("t")
            let first = try #require(harness.lines("received").first)
            let offered = try JSONValue(parsing: Array(first.utf8))["params"]?["clientCapabilities"]
            #expect(offered?["fs"] == ["readTextFile": true, "writeTextFile": true])
            #expect(offered?["terminal"] == true)
            #expect(offered?["elicitation"] == ["form": [:], "url": [:]])
            let begin = ContinuousClock.now
            await harness.chat.shutDown()
            #expect(begin.duration(to: .now) < .seconds(5))
        }
    }

    @Test(
        "a page to visit is a question; other addresses are refused",
        arguments: [("Open", "accept"), ("Decline", "decline")]
    )
    func visit(label: String, action: String) async throws {
        let page =
            #"{"sessionId":"s","mode":"url","elicitationId":"e","message":"Log in","url":"https://example.org/x"}"#
        let script =
            "call 1 elicitation/create '\(page.replacing("https", with: "file"))'; call 2 elicitation/create '\(page)'; done_"
        try await TurnHarness.run(onPrompt: script, setup: Self.setup) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            let text = "Log in\n\nhttps://example.org/x"
            #expect(harness.chat.answer(.init(toolUseID: id, answers: [text: label])) == .taken)
            _ = try await harness.chunks("t")
            let answers = try harness.lines("answers").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(answers[0]["error"]?["code"] == -32602)
            #expect(answers[1]["result"] == ["action": .string(action)])
        }
    }

    @Test("an option that is on or off is set as one")
    func booleanOption() async throws {
        let session =
            #"{"configOptions":[{"id":"think","name":"Think","category":"thought_level","type":"boolean","currentValue":false}]}"#
        try await TurnHarness.run(onPrompt: "say hi; done_", session: session) { harness in
            let message: JSONValue = ["id": "u", "role": "user", "parts": [["type": "text", "text": "go"]]]
            _ = try await harness.chat.start(.init(turn: "t", message: message, reasoning: "enabled"))
            #expect(try await harness.chunks("t").text == "hi")
            let set = try harness.lines("received").filter { $0.contains("session/set_config_option") }
                .map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(set.first?["params"]?["value"] == true)
            #expect(set.first?["params"]?["type"] == "boolean")
        }
    }

    @Test("what the agent says about its session goes to the client, and into no message")
    func news() async throws {
        let script =
            #"update '{"sessionUpdate":"session_info_update","title":"Fix it"}'; update '{"sessionUpdate":"current_mode_update","currentModeId":"plan"}'; update '{"sessionUpdate":"session_info_update"}'; say hi; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let news = try await harness.turn("t").compactMap { chunk -> JSONValue? in
                if case .data(_, _, let data, true) = chunk { data } else { nil }
            }
            #expect(news == [["title": "Fix it"], ["mode": "plan"]])
        }
    }
}
