import Testing

@testable import OctoctlCommands

@Suite("tables", .timeLimit(.minutes(1)))
struct TableTests {
    @Test("columns are aligned by what is seen, and empty cells are shown")
    func alignment() {
        let table = Table(
            ["ID", "NAME", "STATE"],
            [["1", "plain", "ready"], ["22", "日本語", "e\u{301}rror"], ["333", "", "a b"]]
        )
        #expect(
            table.lines(width: nil) == [
                "ID   NAME    STATE", "1    plain   ready", "22   日本語  e\u{301}rror", "333  -       a b",
            ]
        )
    }

    @Test("on a terminal lines are cut at its width")
    func cut() {
        let table = Table(["ID", "NAME"], [["1", "a long name"], ["2", "日本語日本語"], ["3", "short"]])
        let lines = table.lines(width: 9)
        #expect(lines == ["ID  NAME", "1   a lo…", "2   日本…", "3   short"])
        #expect(lines.allSatisfy { TerminalText.width($0) <= 9 })
    }

    @Test("a cell cannot break out of its line")
    func cells() {
        let table = Table(["A", "B"], [["x\ny\r\nz", "\u{1B}[31mred\u{7}\t\u{202E}txt"]])
        #expect(table.lines(width: nil) == ["A      B", "x y z  ␛[31mred␇ txt"])
    }

    @Test("fields stand below each other, values of several lines indented")
    func fields() {
        let fields = [Field("id", "1"), Field("question", "a\nb"), Field("empty", nil), Field("none", "")]
        #expect(FieldList(fields.compactMap { $0 }).lines == ["id        1", "question  a", "          b"])
    }

    @Test(
        "nothing a terminal obeys gets through",
        arguments: [
            ("plain é 日本", "plain é 日本"), ("a\tb\nc", "a\tb\nc"), ("\u{1B}]0;t\u{7}", "␛]0;t␇"), ("a\r\nb\rc", "a\nbc"),
            ("\u{0}\u{8}\u{7F}", "␀␈␡"), ("\u{9B}31m", "\u{FFFD}31m"), ("\u{202E}evil\u{2066}\u{200F}", "evil"),
            ("a\u{2028}b", "a\nb"), ("👩‍💻", "👩‍💻"),
        ]
    )
    func sanitizing(text: String, expected: String) {
        #expect(TerminalText.sanitized(text) == expected)
    }

    @Test("every control character is made visible or dropped")
    func allControls() {
        for value in UInt32(0)...0x9F where !(0x20...0x7E).contains(value) && value != 9 && value != 10 {
            let scalar = Unicode.Scalar(value).map { String($0) } ?? ""
            let result = TerminalText.sanitized("a" + scalar + "b")
            #expect(!result.unicodeScalars.contains { $0.value == value }, "U+\(String(value, radix: 16))")
        }
    }
}
