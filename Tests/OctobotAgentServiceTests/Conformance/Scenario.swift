import JSONText
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

/// What a turn is seen to be, from its beginning to its end.
enum TurnPhase: Sendable, Equatable {
    case running
    /// A person is asked.
    case asking
    case completed
    case cancelled
    case failed
}

/// What a fake agent does in one conversation, what a person does, and how each turn has to go.
///
/// The steps are words any driver's fake understands: `say`, `think`, `tool`, `permission`, `hang`, `exit` and so on.
struct Scenario: Sendable, CustomTestStringConvertible {
    var name: String
    /// The steps of each prompt.
    var prompts: [JSONValue]
    /// Steps at the start of the program.
    var start: JSONValue = []
    /// Ways the agent takes a session up again.
    var abilities: [String] = ["resume"]
    var mode = PermissionMode.ask
    /// What the person answers, question after question.
    var answers: [String] = []
    /// The text after which the person cancels the first turn.
    var cancelsAt: String?
    /// Whether the person cancels the first turn when asked something.
    var cancelsWhenAsked = false
    /// Whether credentials change before each further turn, which restarts the program.
    var restarts = false
    /// Whether the agent is beyond waiting for.
    var isStuck = false
    /// For each turn.
    var histories: [[TurnPhase]]
    /// For each turn; `nil` for what is not looked at.
    var texts: [String?] = []
    /// A part of the text the last failed turn fails with.
    var error: String?
    /// How often the program is started.
    var starts = 1
    /// A type of chunk that comes in the first turn.
    var chunk: String?

    var testDescription: String { name }
}

extension Scenario {
    private static let done: [TurnPhase] = [.running, .completed]
    private static let asked: [TurnPhase] = [.running, .asking, .running, .completed]
    private static let cancelled: [TurnPhase] = [.running, .cancelled]
    private static let failed: [TurnPhase] = [.running, .failed]

    /// A conversation of one turn that completes.
    private static func plain(_ name: String, _ steps: JSONValue, _ text: String?, chunk: String? = nil) -> Scenario {
        Scenario(name: name, prompts: [steps], histories: [done], texts: [text], chunk: chunk)
    }

    /// One with questions that are answered.
    private static func question(_ name: String, _ step: JSONValue, _ answers: [String], _ text: String) -> Scenario {
        let middle = answers.flatMap { _ in [TurnPhase.asking, .running] }
        return Scenario(
            name: name,
            prompts: [[step]],
            answers: answers,
            histories: [[.running] + middle + [.completed]],
            texts: [text]
        )
    }

    /// A first turn that goes wrong, and a second one that works in a new run of the program.
    private static func broken(_ name: String, _ steps: JSONValue, _ text: String?, _ error: String) -> Scenario {
        Scenario(
            name: name,
            prompts: [steps, [["say", "again"]]],
            histories: [failed, done],
            texts: [text, "again"],
            error: error,
            starts: 2
        )
    }

    static let all: [Scenario] = messages + tools + questions + cancels + sessions + crashes + lines

    private static let messages = [
        plain("a word", [["say", "hi"]], "hi", chunk: "text-delta"),
        plain("deltas", [["say", "a"], ["say", "b"], ["say", "c"]], "abc"),
        plain("thinking before speaking", [["think", "hm"], ["say", "hi"]], "hi", chunk: "reasoning-delta"),
        plain("nothing said", [], ""),
        plain("all kinds of characters", [["say", "ä🙂\"\\\n\u{2028}\u{0001}"]], "ä🙂\"\\\n\u{2028}\u{0001}"),
        plain(
            "a plan",
            [["update", "plan", ["entries": [["content": "x", "priority": "high", "status": "pending"]]]]],
            "",
            chunk: "data-plan"
        ),
        plain(
            "use",
            [["update", "usage_update", ["used": 1, "size": 2]], ["say", "hi"]],
            "hi",
            chunk: "message-metadata"
        ),
        plain(
            "a title",
            [["update", "session_info_update", ["title": "T"]], ["say", "hi"]],
            "hi",
            chunk: "data-session-info"
        ),
        plain("news of an unknown kind", [["update", "brand_new", ["x": 1]], ["say", "hi"]], "hi"),
        plain("a refusal by the model", [["say", "no"], ["stop", "refusal"]], "no"),
        plain("no tokens left", [["say", "an"], ["stop", "max_tokens"]], "an"),
        plain("an unknown reason to stop", [["say", "hi"], ["stop", "tired"]], "hi"),
    ]

    private static let tools = [
        plain(
            "a tool call",
            [["tool", "c", "ls"], ["output", "c", "f"], ["say", "ok"]],
            "ok",
            chunk: "tool-output-available"
        ),
        plain(
            "a tool call that fails",
            [["tool", "c", "ls"], ["failure", "c", "no"]],
            "",
            chunk: "tool-output-error"
        ),
        plain("a tool call without an end", [["tool", "c", "ls"], ["say", "ok"]], "ok", chunk: "tool-output-error"),
        plain(
            "an output after the end",
            [["tool", "c", "ls"], ["stop", "end_turn"], ["output", "c", "f"]],
            "",
            chunk: "tool-output-available"
        ),
        plain("an output without a call", [["output", "c", "f"]], "", chunk: "tool-output-available"),
        plain(
            "two calls at once",
            [["tool", "c", "ls"], ["tool", "d", "pwd"], ["output", "d", "/"], ["output", "c", "f"]],
            "",
            chunk: "tool-output-available"
        ),
        plain("an output of 12 MiB", [["tool", "c", "ls"], ["output-huge", "c", 12_582_912], ["say", "ok"]], "ok"),
    ]

    private static let questions = [
        question("allowed", ["permission", "c", "rm"], ["Allow"], "[once]"),
        question("refused", ["permission", "c", "rm"], ["Reject"], "[no]"),
        question("always allowed", ["permission", "c", "rm"], ["Always"], "[always]"),
        question("an own answer is a refusal", ["permission", "c", "rm"], ["rather not"], "[no]"),
        Scenario(
            name: "allowed by the mode",
            prompts: [[["permission", "c", "rm"]]],
            mode: .auto,
            histories: [done],
            texts: ["[once]"]
        ),
        Scenario(
            name: "two permissions after each other",
            prompts: [[["permission", "c", "rm"], ["permission", "d", "mv"]]],
            answers: ["Allow", "Reject"],
            histories: [[.running, .asking, .running, .asking, .running, .completed]],
            texts: ["[once][no]"]
        ),
        question("a choice", ["choice", "Which", "Red", "Blue"], ["Blue"], #"[accept {"q": "blue"}]"#),
        question("a free answer", ["text", "Name"], ["Ann"], #"[accept {"q": "Ann"}]"#),
        Scenario(
            name: "a permission that is cancelled with its turn",
            prompts: [[["permission", "c", "rm"]], [["say", "next"]]],
            cancelsWhenAsked: true,
            histories: [[.running, .asking, .cancelled], done],
            texts: ["", "next"]
        ),
        Scenario(
            name: "a question that is cancelled with its turn",
            prompts: [[["text", "Name"]], [["say", "next"]]],
            cancelsWhenAsked: true,
            histories: [[.running, .asking, .cancelled], done],
            texts: ["", "next"]
        ),
    ]

    private static let cancels = [
        Scenario(
            name: "cancelled in mid-stream, and another turn in the same program",
            prompts: [[["say", "one"], ["wait"]], [["say", "two"]]],
            cancelsAt: "one",
            histories: [cancelled, done],
            texts: ["one", "two"]
        ),
        Scenario(
            name: "cancelled while a tool runs",
            prompts: [[["tool", "c", "sleep"], ["say", "one"], ["wait"]]],
            cancelsAt: "one",
            histories: [cancelled],
            chunk: "tool-output-error"
        ),
        Scenario(
            name: "cancelled, which the agent calls an error",
            prompts: [[["say", "one"], ["wait-refuse"]], [["say", "two"]]],
            cancelsAt: "one",
            histories: [cancelled, done],
            texts: ["one", "two"]
        ),
        Scenario(
            name: "cancelled, which the agent ignores",
            prompts: [[["say", "one"], ["hang"]], [["say", "two"]]],
            cancelsAt: "one",
            isStuck: true,
            histories: [cancelled, done],
            texts: ["one", "two"],
            starts: 2
        ),
    ]

    private static let sessions = [
        Scenario(
            name: "three turns in one program",
            prompts: [[["say", "1"]], [["say", "2"]], [["say", "3"]]],
            histories: [done, done, done],
            texts: ["1", "2", "3"]
        ),
        Scenario(
            name: "resumed after a restart",
            prompts: [[["say", "1"]], [["say", "2"]], [["say", "3"]]],
            restarts: true,
            histories: [done, done, done],
            texts: ["1", "2", "3"],
            starts: 3
        ),
        Scenario(
            name: "loaded after a restart, without the replay",
            prompts: [[["say", "1"]], [["say", "2"]]],
            abilities: ["load"],
            restarts: true,
            histories: [done, done],
            texts: ["1", "2"],
            starts: 2
        ),
        Scenario(
            name: "begun anew after a restart, which is told",
            prompts: [[["say", "1"]], [["say", "2"]]],
            abilities: [],
            restarts: true,
            histories: [done, done],
            texts: ["1", "The agent could not take up the earlier conversation and begins a new one.\n2"],
            starts: 2
        ),
        Scenario(
            name: "a session that is not known any more",
            prompts: [[["say", "1"]], [["say", "2"]]],
            abilities: ["resume-refused"],
            restarts: true,
            histories: [done, done],
            texts: ["1", "The agent could not take up the earlier conversation and begins a new one.\n2"],
            starts: 2
        ),
    ]

    private static let crashes = [
        broken(
            "a crash in mid-turn",
            [["say", "half"], ["error", "oh"], ["exit", 3]],
            "half",
            "exited with status 3.\noh"
        ),
        broken("killed in mid-turn", [["say", "half"], ["signal", 9]], "half", "killed by signal 9"),
        broken("an exit as if all were well", [["say", "half"], ["exit", 0]], "half", "exited with status 0"),
        broken("an output closed in mid-turn", [["say", "half"], ["close"]], "half", "closed its connection"),
        broken("a crash while a tool runs", [["tool", "c", "x"], ["exit", 1]], "", "exited with status 1"),
        broken("a crash with children", [["children"], ["exit", 3]], "", "exited with status 3"),
        Scenario(
            name: "a crash while a person is asked",
            prompts: [[["error", "gone"], ["permission-and-exit", "c", "rm"]], [["say", "again"]]],
            histories: [[.running, .asking, .failed], done],
            texts: ["", "again"],
            error: "exited with status 4",
            starts: 2
        ),
        Scenario(
            name: "an exit before the first answer",
            prompts: [],
            start: [["error", "no licence"], ["exit", 5]],
            histories: [failed],
            error: "exited with status 5.\nno licence"
        ),
        Scenario(
            name: "silence before the first answer",
            prompts: [],
            start: [["hang"]],
            isStuck: true,
            histories: [failed],
            error: "did not answer in time"
        ),
        Scenario(
            name: "an error instead of an answer",
            prompts: [[["say", "half"], ["refuse", 429, "slow down"]], [["say", "again"]]],
            histories: [failed, done],
            texts: ["half", "again"],
            error: "slow down"
        ),
        Scenario(
            name: "children when the agent is stopped",
            prompts: [[["children"], ["say", "hi"]]],
            histories: [done],
            texts: ["hi"]
        ),
        Scenario(
            name: "children when the agent hangs",
            prompts: [[["children"], ["say", "one"], ["hang"]]],
            cancelsAt: "one",
            isStuck: true,
            histories: [cancelled],
            texts: ["one"]
        ),
    ]

    private static let lines = [
        plain("a malformed line", [["say", "a"], ["line", "{\"jsonrpc\": nonsense"], ["say", "b"]], "ab"),
        plain(
            "a message that is no object",
            [["line", "[1, 2]"], ["line", "null"], ["line", "7"], ["say", "b"]],
            "b"
        ),
        plain("half a message", [["line", "{\"jsonrpc\":\"2.0\",\"method\":\"session/upd"], ["say", "b"]], "b"),
        plain("bytes that are no text", [["bytes", [255, 254, 0, 123, 200]], ["say", "b"]], "b"),
        plain("blank lines", [["line", ""], ["line", "   "], ["say", "b"]], "b"),
        plain("two messages in a line", [["pair", ["say", "a"], ["say", "b"]], ["say", "c"]], "abc"),
        plain("a message and the end in a line", [["pair", ["say", "a"], ["stop", "end_turn"]]], "a"),
        plain("a message in many pieces", [["pieces", "abc"]], "abc"),
        plain("a line of 20 MiB", [["huge", 20_971_520]], String(repeating: "x", count: 20_971_520)),
        plain("a megabyte of garbage", [["garbage", 1_048_576], ["say", "b"]], "b"),
        plain("8 MiB of errors", [["error-flood", 8192], ["say", "b"]], "b"),
        plain("an unknown request", [["unknown-request"]], "[-32601]"),
        Scenario(
            name: "a banner at the start",
            prompts: [[["say", "hi"]]],
            start: [["line", "Welcome to the agent"], ["line", "{}"]],
            histories: [done],
            texts: ["hi"]
        ),
        plain("a second answer to the prompt", [["say", "a"], ["stop", "end_turn"], ["stop", "end_turn"]], "a"),
    ]
}
