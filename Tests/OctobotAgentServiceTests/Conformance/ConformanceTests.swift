import Foundation
import JSONText
import OctobotTestSupport
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// A driver, and a fake of the program it drives.
struct DriverUnderTest: Sendable, CustomTestStringConvertible {
    var name: String
    /// The type of agent that is driven by it.
    var type: String
    /// The fake, in Python.
    var program: String
    /// Scenarios its protocol has no words for.
    var impossible: Set<String> = []

    var testDescription: String { name }

    /// Another driver joins with an entry here.
    static let all = [DriverUnderTest(name: "acp", type: "custom", program: ACPFake.program)]
}

private let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first(where: FileManager.default.isExecutableFile)

@Suite(
    "Every driver, the same conversations",
    .enabled(if: python != nil, "needs python3 in /usr/bin or /usr/local/bin"),
    .serialized,
    .timeLimit(.minutes(3))
)
struct ConformanceTests {
    @Test("goes as it has to, and every prompt reaches the agent once", arguments: DriverUnderTest.all, Scenario.all)
    func conversation(driver: DriverUnderTest, scenario: Scenario) async throws {
        guard !driver.impossible.contains(scenario.name) else { return }
        let shell = "exec \(python ?? "python3") -u \"$AGENT_FOLDER/agent.py\""
        var limits = AgentConfiguration.Limits()
        // Long enough for a busy machine, unless nothing but the limit ends it.
        if scenario.isStuck {
            limits.cancel = .milliseconds(300)
            if scenario.prompts.isEmpty { limits.start = .milliseconds(500) }
        }
        limits.replayQuiet = .milliseconds(100)
        try await TurnHarness.run(
            onPrompt: "",
            mode: scenario.mode,
            type: driver.type,
            command: ["/bin/sh", "-c", shell],
            limits: limits
        ) { harness in
            try Data(driver.program.utf8).write(to: harness.folder.appending(path: "agent.py"))
            let plan: JSONValue = [
                "prompts": .array(scenario.prompts), "start": scenario.start,
                "abilities": .array(scenario.abilities.map(JSONValue.string)),
            ]
            try Data(plan.serialized()).write(to: harness.folder.appending(path: "steps.json"))
            for index in scenario.histories.indices {
                let seen = try await Conversation(harness: harness, scenario: scenario, index: index).run()
                #expect(seen.history == scenario.histories[index], "turn \(index + 1)")
                if index < scenario.texts.count, let text = scenario.texts[index] {
                    // Not with the text itself, which may be long.
                    #expect(seen.text == text, "turn \(index + 1): \(seen.text.prefix(200))")
                }
                if index == 0, let chunk = scenario.chunk { #expect(seen.types.contains(chunk), "\(seen.types)") }
                if seen.history.last == .failed, let error = scenario.error {
                    #expect(seen.error?.contains(error) == true, "\(seen.error ?? "no error")")
                }
                #expect(await harness.chat.status.isRunning == false)
            }
            await harness.chat.shutDown()
            let ledger = harness.lines("ledger")
            #expect(ledger.filter { $0.hasPrefix("prompt ") } == scenario.prompts.indices.map { "prompt p\($0 + 1)" })
            #expect(ledger.count { $0 == "start" } == scenario.starts)
            let children = harness.lines("children").compactMap { pid_t($0) }
            #expect(children.count == (scenario.name.contains("children") ? 3 : 0))
            #expect(children.allSatisfy { ProcessTable.entry($0).map(\.isZombie) ?? true })
        }
    }
}

/// One turn of a scenario, with the person in it.
private struct Conversation {
    var harness: TurnHarness
    var scenario: Scenario
    var index: Int

    struct Seen {
        var history: [TurnPhase] = [.running]
        var text = ""
        var types: [String] = []
        var error: String?
    }

    func run() async throws -> Seen {
        let turn = "t\(index)"
        let key = AgentCredential(envVar: "KEY", value: "value \(index)")
        let credentials = scenario.restarts ? [key] : nil
        #expect(try await harness.start(turn, "p\(index + 1)", credentials: credentials) == .accepted)
        // The same prompt again is the same turn.
        #expect(try await harness.start(turn, "p\(index + 1)", credentials: credentials) == .accepted)
        var seen = Seen()
        var chunks: [UIMessageChunk] = []
        var answers = scenario.answers[...]
        var isCancelled = false
        let reader = EventReader(spool: harness.chat.spool, turn: turn, after: 0)
        defer { reader.close() }
        var parser = ServerSentEventParser()
        while let bytes = try await reader.next() {
            for event in try parser.consume(bytes) where !event.isDone {
                let chunk = try UIMessageChunk(parsing: event.data)
                chunks.append(chunk)
                switch chunk {
                case .textDelta(_, let delta, _): seen.text += delta
                case .error(let text): seen.error = text
                case .toolApprovalRequest(_, let id):
                    seen.history.append(.asking)
                    try Data().write(to: harness.folder.appending(path: "asked"))
                    if scenario.cancelsWhenAsked, index == 0 {
                        isCancelled = await harness.chat.cancel(turn) != nil
                    } else if let answer = answers.popFirst() {
                        let question = try #require(harness.chat.question(id).question?.questions.first)
                        #expect(
                            harness.chat.answer(.init(toolUseID: id, answers: [question.question: answer])) == .taken
                        )
                        seen.history.append(.running)
                    }
                default: break
                }
                if let wanted = scenario.cancelsAt, index == 0, !isCancelled, seen.text.contains(wanted) {
                    isCancelled = await harness.chat.cancel(turn) != nil
                }
            }
        }
        try ChunkGrammar.check(chunks)
        seen.types = chunks.types
        seen.history.append(chunks.last == .finish(.error) ? .failed : isCancelled ? .cancelled : .completed)
        while await harness.chat.runningTurn == turn { await Task.yield() }
        return seen
    }
}
