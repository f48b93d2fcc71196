import JSONText
import Testing

@testable import OctoctlCommands

@Suite("key=value and key:=json", .timeLimit(.minutes(1)))
struct AssignmentTests {
    @Test(
        "what is written becomes the params",
        arguments: [
            (["path=/a b"], ["path": "/a b"]), (["value="], ["value": ""]), (["a=b=c"], ["a": "b=c"]),
            (["n:=3", "s=3"], ["n": 3, "s": "3"]), (["from:={\"type\":\"start\"}"], ["from": ["type": "start"]]),
            (["list:=[1,null,true]"], ["list": [1, nil, true]]), (["url=https://x/?a:=1"], ["url": "https://x/?a:=1"]),
            ([], [:]),
        ] as [([String], JSONValue)]
    )
    func params(texts: [String], expected: JSONValue) throws {
        #expect(try Assignment.params(texts) == expected)
    }

    @Test(
        "what is not that is refused as wrong usage, and says why",
        arguments: ["plain", "=x", ":=1", "a:=", "a:={", "a:=nope", "a:=1 2"]
    )
    func refused(text: String) {
        let failure = #expect(throws: Failure.self) { try Assignment.params([text]) }
        #expect(failure?.status == 64)
        #expect(failure?.message.isEmpty == false)
    }

    @Test("a key given twice is refused")
    func twice() {
        #expect(throws: Failure.self) { try Assignment.params(["a=1", "a:=2"]) }
    }
}
