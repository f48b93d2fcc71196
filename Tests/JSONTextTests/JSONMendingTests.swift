import JSONText
import OctobotTestSupport
import Testing

@Suite("mending", .timeLimit(.minutes(1)))
struct JSONMendingTests {
    @Test(
        "what cannot be kept is replaced, the rest stays",
        arguments: [
            (#"{"a":"x\ud83d"}"#, #"{"a":"x\ufffd"}"#),
            (#""\uDE00\ud83d\ude00\ud83d\ud83d\ude00""#, #""\ufffd\ud83d\ude00\ufffd\ud83d\ude00""#),
            (#""\\ud83d \"\ud83d\"""#, #""\\ud83d \"\ufffd\"""#), (#"{"\ud800":1}"#, #"{"\ufffd":1}"#),
            (
                "[9007199254740991,9007199254740992,-9007199254740992]",
                "[9007199254740991,9007199254740992.0,-9007199254740992.0]"
            ),
            (
                "[18446744073709551615,123456789012345678901234567890]",
                "[18446744073709551615.0,123456789012345678901234567890.0]"
            ),
            (
                #"["9007199254740992",0.9007199254740992,9007199254740992e1,9007199254740992.5]"#,
                #"["9007199254740992",0.9007199254740992,9007199254740992e1,9007199254740992.5]"#
            ),
        ]
    )
    func mending(text: String, wanted: String) throws {
        let mended = JSONMending.mend(text.utf8)
        #expect(String(decoding: mended, as: UTF8.self) == wanted)
        try JSONScanner.check(mended)
    }

    @Test("bytes that are no UTF-8 become U+FFFD")
    func bytes() throws {
        let mended = JSONMending.mend([0x22, 0xFF, 0x61, 0xC3, 0x22])
        #expect(String(decoding: mended, as: UTF8.self) == "\"\u{FFFD}a\u{FFFD}\"")
        try JSONScanner.check(mended)
    }

    @Test(
        "what is no JSON for other reasons stays refused",
        arguments: [#"{"a":1,"a":2}"#, #""\x""#, "[1,", "NaN", #""\u12""#, #""\"#, "-"]
    )
    func others(text: String) {
        let mended = JSONMending.mend(text.utf8)
        #expect(mended == Array(text.utf8))
        #expect(throws: JSONScanError.self) { try JSONScanner.check(mended) }
    }

    @Test("text that is accepted is left as it is")
    func accepted() throws {
        let text = #"{"a":[1,-2.5e3,"\ud83d\ude00\n\\","ü"],"b":{"c":null,"d":9007199254740991}}"#
        try JSONScanner.check(text.utf8)
        #expect(JSONMending.mend(text.utf8) == Array(text.utf8))
    }
}
