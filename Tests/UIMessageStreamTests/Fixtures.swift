import JSONText
import Testing
import UIMessageStream

/// The example streams of agent-api.md §13.4, one chunk a line, and the states of their parts at the end.
struct StreamFixture: CustomTestStringConvertible {
    var testDescription: String
    var lines: String
    var states: [String]

    func chunks() throws -> [UIMessageChunk] {
        try lines.split(separator: "\n").map { try UIMessageChunk(parsing: Array($0.utf8)) }
    }

    static let all = [tool, question, cancelled, failed]

    static let tool = StreamFixture(
        testDescription: "a turn with one tool",
        lines: #"""
            {"type":"start","messageId":"msg-a","messageMetadata":{"model":"claude-code:sonnet"}}
            {"type":"start-step"}
            {"type":"reasoning-start","id":"r-1"}
            {"type":"reasoning-delta","id":"r-1","delta":"The test names a missing file."}
            {"type":"reasoning-end","id":"r-1"}
            {"type":"tool-input-start","toolCallId":"call_1","toolName":"Bash","dynamic":true,"title":"swift test"}
            {"type":"tool-input-available","toolCallId":"call_1","toolName":"Bash","input":{"command":"swift test"},"dynamic":true,"title":"swift test"}
            {"type":"tool-output-available","toolCallId":"call_1","output":"All tests passed","dynamic":true}
            {"type":"finish-step"}
            {"type":"start-step"}
            {"type":"text-start","id":"t-1"}
            {"type":"text-delta","id":"t-1","delta":"Done, "}
            {"type":"text-delta","id":"t-1","delta":"the tests pass."}
            {"type":"text-end","id":"t-1"}
            {"type":"finish-step"}
            {"type":"finish","finishReason":"stop"}
            """#,
        states: ["step-start", "done", "output-available", "step-start", "done"]
    )

    static let question = StreamFixture(
        testDescription: "a question, answered",
        lines: #"""
            {"type":"start","messageId":"msg-b"}
            {"type":"start-step"}
            {"type":"tool-input-start","toolCallId":"call_7","toolName":"Bash","dynamic":true,"title":"rm -rf build"}
            {"type":"tool-input-available","toolCallId":"call_7","toolName":"Bash","input":{"command":"rm -rf build"},"dynamic":true,"title":"rm -rf build"}
            {"type":"tool-approval-request","toolCallId":"call_7","approvalId":"perm-3"}
            {"type":"tool-output-available","toolCallId":"call_7","output":"","dynamic":true}
            {"type":"finish-step"}
            {"type":"finish","finishReason":"stop"}
            """#,
        states: ["step-start", "output-available"]
    )

    static let cancelled = StreamFixture(
        testDescription: "cancelled in the middle",
        lines: #"""
            {"type":"start","messageId":"msg-c"}
            {"type":"start-step"}
            {"type":"text-start","id":"t-1"}
            {"type":"text-delta","id":"t-1","delta":"Let me look"}
            {"type":"tool-input-start","toolCallId":"call_9","toolName":"Read","dynamic":true}
            {"type":"text-end","id":"t-1"}
            {"type":"tool-output-error","toolCallId":"call_9","errorText":"Cancelled","dynamic":true}
            {"type":"finish-step"}
            {"type":"finish","finishReason":"stop"}
            """#,
        states: ["step-start", "done", "output-error"]
    )

    static let failed = StreamFixture(
        testDescription: "failed before anything was produced",
        lines: #"""
            {"type":"start","messageId":"msg-d"}
            {"type":"error","errorText":"Authentication required: set ANTHROPIC_API_KEY"}
            {"type":"finish","finishReason":"error"}
            """#,
        states: []
    )
}
