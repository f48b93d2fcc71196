import JSONText
import Testing

@Suite("the scanner", .timeLimit(.minutes(1)))
struct JSONScannerTests {
    private func verdict(_ text: String) -> JSONScanError.Kind? {
        do throws(JSONScanError) {
            try JSONScanner.check(text.utf8)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test(
        "what RFC 8259 allows passes",
        arguments: [
            "null", " true ", "\t[]\r\n", "{}", "0", "-0", "0e1", "1E+2", "1e-400", "-12.50e3", #""""#,
            #""\u0000\ud834\udd1e""#,
            #"{"a":{"a":[{"a":1}]},"b":"𝄞"}"#, "9007199254740991", "-9007199254740991", #"["\/\b\f\n\r\t\"\\"]"#,
            "[[],{},[[]]]",
            "1.7976931348623157e308", "\"\u{7F}\u{2028}\"",
        ]
    )
    func accepted(text: String) {
        #expect(verdict(text) == nil)
    }

    @Test(
        "each refusal has its kind",
        arguments: [
            ("", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[1,]", .unexpectedByte(0x5D)),
            ("[1 2]", .unexpectedByte(0x32)),
            ("{\"a\":1,}", .unexpectedByte(0x7D)), ("{a:1}", .unexpectedByte(0x61)), ("{\"a\"}", .unexpectedByte(0x7D)),
            ("[}", .unexpectedByte(0x7D)), ("{]", .unexpectedByte(0x5D)), ("nul", .unexpectedEnd),
            ("nulx", .unexpectedByte(0x78)),
            ("1 1", .trailingBytes), ("01", .invalidNumber), ("-", .unexpectedEnd), ("1.", .unexpectedEnd),
            ("[1.]", .invalidNumber),
            ("1e+", .unexpectedEnd), ("+1", .unexpectedByte(0x2B)), ("9007199254740992", .integerOutOfRange),
            ("-9007199254740992", .integerOutOfRange), ("123456789012345678901234567890", .integerOutOfRange),
            ("1e400", .numberOutOfRange), ("\"a\u{1}\"", .controlCharacter), (#""\x""#, .invalidEscape),
            (#""\u12g4""#, .invalidEscape),
            (#""\ud834""#, .loneSurrogate), (#""\udd1e""#, .loneSurrogate), (#""\ud834\u0041""#, .loneSurrogate),
            (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
            (#"[{"x":[{"long name of mine":1,"long name of mine":2}]}]"#, .duplicateKey),
            ("NaN", .unexpectedByte(0x4E)),
            ("\u{FEFF}1", .unexpectedByte(0xEF)),
        ] as [(String, JSONScanError.Kind)]
    )
    func refused(text: String, kind: JSONScanError.Kind) {
        #expect(verdict(text) == kind)
    }

    @Test(
        "malformed UTF-8 is refused wherever it stands in a string",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC2], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF],
        ] as [[UInt8]]
    )
    func encoding(bytes: [UInt8]) {
        for padding in 0..<9 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + bytes + [0x22]
            #expect(throws: JSONScanError(.invalidUTF8, at: padding + 1)) { try JSONScanner.check(text) }
        }
    }

    @Test("sixty-four levels pass, the sixty-fifth does not, and neither do a hundred thousand")
    func depth() {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(verdict(nested(64)) == nil)
        #expect(verdict(nested(65)) == .tooDeep)
        #expect(verdict(String(repeating: "{\"a\":", count: 100_000)) == .tooDeep)
    }

    @Test("a name that occurs twice among many is found, and many different ones take no quadratic time")
    func manyKeys() throws {
        let names = (0..<100_000).map { "\"prefix that is the same \($0)\":\($0)" }
        let text = "{" + names.joined(separator: ",")
        try JSONScanner.check((text + "}").utf8)
        let error = #expect(throws: JSONScanError.self) {
            try JSONScanner.check((text + ",\"prefix that is the same 7\":0}").utf8)
        }
        #expect(error == JSONScanError(.duplicateKey, at: text.utf8.count + 1))
    }

    @Test("the parts of the outermost value are found")
    func parts() throws {
        let text = Array(#" {"id" : 12, "a\u0062":[1,{"id":2}] ,"e":{} , "s":"x"} "#.utf8)
        var scanner = JSONScanner()
        for _ in 0..<2 {
            let root = try text.withUnsafeBufferPointer { try scanner.scan($0) }
            #expect(root.kind == .object)
            #expect(root.range == 1..<text.count - 1)
            let parts = scanner.items.map {
                [text[$0.name], text[$0.value]].map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(parts == [["id", "12"], ["a\\u0062", #"[1,{"id":2}]"#], ["e", "{}"], ["s", "\"x\""]])
            #expect(scanner.items.map(\.kind) == [.number, .array, .object, .string])
            #expect(scanner.items.map(\.nameIsEscaped) == [false, true, false, false])
        }
        let array = Array("[1, [2] ,\"3\"]".utf8)
        _ = try array.withUnsafeBufferPointer { try scanner.scan($0) }
        #expect(scanner.items.map { String(decoding: array[$0.value], as: UTF8.self) } == ["1", "[2]", "\"3\""])
    }

    @Test("every beginning of a text is refused at its end, and no cut or changed byte crashes")
    func truncation() {
        let text = Array(#"{"a":[1.5e3,true,null,"\ud834\udd1e é"],"b":{"c":-7}}"#.utf8)
        for end in 0..<text.count {
            let error = #expect(throws: JSONScanError.self) { try JSONScanner.check(text[..<end]) }
            // A cut inside a character or an escape may be told from either side.
            #expect([.unexpectedEnd, .invalidUTF8, .loneSurrogate].contains(error?.kind), "\(end)")
        }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                let scanned = (try? JSONScanner.check(changed)) != nil
                let parsed = (try? JSONValue(parsing: changed)) != nil
                #expect(scanned == parsed, "byte \(index) as \(byte)")
            }
        }
    }
}
