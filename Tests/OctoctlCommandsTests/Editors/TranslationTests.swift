import AgentClientProtocol
import JSONText
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("what an editor is told", .timeLimit(.minutes(1)))
struct TranslationTests {
    private let paths = EditorPaths(editorRoot: "/home/ann/garden")

    @Test(
        "paths of the workspace have two spellings, others none",
        arguments: [
            ("/home/octobot/workspace/a/b.txt", "/home/ann/garden/a/b.txt"), ("a/./b.txt", "/home/ann/garden/a/b.txt"),
            ("/home/octobot/workspace", "/home/ann/garden"), ("/home/octobot/workspace2/a", nil), ("/etc/passwd", nil),
            ("../x", nil), ("/home/octobot/workspace/../x", nil),
        ] as [(String, String?)]
    )
    func toEditor(path: String, expected: String?) { #expect(paths.toEditor(path) == expected) }

    @Test("the way back, and what people read")
    func toSandbox() {
        #expect(paths.toSandbox("/home/ann/garden/a b.txt") == "/home/octobot/workspace/a b.txt")
        #expect(paths.relative("/home/ann/garden/a/b.txt") == "a/b.txt")
        #expect(paths.relative("/home/ann/other") == nil)
        #expect(EditorPaths.path(ofURI: "file:///home/ann/a%20b.txt#L3") == "/home/ann/a b.txt")
        #expect(EditorPaths.path(ofURI: "zed:///agent/thread/1") == nil)
    }

    @Test("text keeps its message and part; a call is announced once, then updated")
    func chunks() throws {
        var translation = ChunkTranslation(paths: paths)
        #expect(translation.updates(["type": "start", "messageId": "m"]) == [])
        let text = translation.updates(["type": "text-delta", "id": "t1", "delta": "Hi"])
        #expect(
            text == [
                [
                    "sessionUpdate": "agent_message_chunk", "messageId": "m/t1",
                    "content": ["type": "text", "text": "Hi"],
                ]
            ]
        )
        let started = translation.updates(["type": "tool-input-start", "toolCallId": "c", "toolName": "Edit"])
        #expect(started.first?["sessionUpdate"] == "tool_call" && started.first?["status"] == "pending")
        let input: JSONValue = ["file_path": "a.txt", "old_string": "x", "new_string": "y"]
        let known = translation.updates([
            "type": "tool-input-available", "toolCallId": "c", "toolName": "Edit", "input": input,
        ])
        #expect(known.first?["sessionUpdate"] == "tool_call_update" && known.first?["kind"] == "edit")
        #expect(known.first?["locations"] == [["path": "/home/ann/garden/a.txt"]])
        #expect(
            known.first?["content"] == [
                ["type": "diff", "path": "/home/ann/garden/a.txt", "oldText": "x", "newText": "y"]
            ]
        )
        let denied = translation.updates(["type": "tool-output-denied", "toolCallId": "c"])
        #expect(denied.first?["status"] == "failed")
        #expect(translation.updates(["type": "error", "errorText": "No"]) == [])
        #expect(translation.errorText == "No")
    }

    @Test("a change outside of the workspace is told as text, for the editor has no such file")
    func outside() {
        var call = EditorToolCall(id: "c")
        call.take(
            output: ["text": "", "content": [["type": "diff", "path": "/tmp/x", "newText": "n"]]],
            isFinal: true
        )
        let update = call.update(isNew: true, paths)
        #expect(update["content"]?.arrayValue?.first?["type"] == "content")
        #expect(update["locations"] == nil)
    }

    @Test("linked files go along as the editor has them, named from the workspace")
    func prompt() async {
        let translation = PromptTranslation(paths: paths) { path in path.hasSuffix("a.txt") ? "mine" : nil }
        let parts = await translation.parts([
            .text("/fix "), .resourceLink(uri: "file:///home/ann/garden/a.txt", name: "a.txt"), .text(" now"),
            .resourceLink(uri: "file:///home/ann/garden/folder", name: "folder"),
            .image(data: "AAAA", mimeType: "image/png"),
        ])
        #expect(parts.first == ["type": "text", "text": "/fix a.txt nowfolder"])
        #expect(parts.contains { $0["url"] == "data:text/plain;base64,bWluZQ==" && $0["filename"] == "a.txt" })
        #expect(parts.last == ["type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AAAA"])
    }

    @Test(
        "how a turn's end is told",
        arguments: [
            (TurnState.completed, "stop", false, "end_turn"), (.completed, "length", false, "max_tokens"),
            (.completed, "content-filter", false, "refusal"), (.cancelled, nil, false, "cancelled"),
            (.failed, nil, true, "cancelled"), (.failed, nil, false, nil), (.unknown, nil, false, nil),
        ] as [(TurnState, String?, Bool, String?)]
    )
    func endings(state: TurnState, finish: String?, wasCancelled: Bool, expected: String?) {
        let ending = EditorSession.ending(
            state,
            reason: "why",
            finish: finish,
            error: nil,
            wasCancelled: wasCancelled
        )
        #expect((try? ending.get()) == expected)
    }
}

@Suite("what an editor asks", .timeLimit(.minutes(1)))
struct ApprovalFormTests {
    private func form(_ kind: Approval.Kind, _ questions: [Question]) throws -> ApprovalForm {
        ApprovalForm(
            approval: Approval(
                id: "p1",
                sessionID: "s1",
                turnID: "t1",
                toolCallID: "c1",
                kind: kind,
                state: .pending,
                questions: questions,
                createdAt: try #require(Timestamp("2026-01-02T03:04:05.000Z"))
            )
        )
    }

    private func question(_ text: String, _ labels: [String], several: Bool = false) -> Question {
        Question(
            question: text,
            header: "",
            options: labels.map { .init(label: $0, description: "") },
            multiSelect: several
        )
    }

    @Test("one choice is a permission request, more are a form where the editor has forms")
    func plans() throws {
        let one = question("Run it?", ["Always allow", "Allow", "Reject"])
        let permission = try form(.permission, [one])
        #expect(permission.plan(offersForms: true) == .permissions([one]))
        #expect(permission.options(one).map(\.kind) == [.allowAlways, .allowOnce, .rejectOnce])
        #expect(ApprovalForm.label("1", of: one) == "Allow" && ApprovalForm.label("7", of: one) == nil)
        let two = [question("A?", ["x", "y"], several: true), question("B?", [])]
        let questions = try form(.question, two)
        #expect(questions.plan(offersForms: true) == .form)
        #expect(questions.plan(offersForms: false) == .unanswerable)
        #expect(questions.properties.map(\.key) == ["question_0", "question_0_other", "question_1"])
        #expect(questions.required == ["question_1"])
    }

    @Test("a form's answers go back under the questions; putting it away answers nothing")
    func answers() throws {
        let form = try form(.question, [question("A?", ["x", "y"], several: true), question("B?", [])])
        #expect(
            form.answers(.accept(["question_0": ["x", "y"], "question_1": "own"])) == ["A?": "x, y", "B?": "own"]
        )
        #expect(form.answers(.accept(["question_0": ["x"], "question_0_other": "z"])) == ["A?": "z"])
        #expect(form.answers(.decline) == [:])
        #expect(form.answers(.cancel) == nil)
    }
}
