import JSONText
import OctobotTestSupport
import Testing

@Suite("values", .timeLimit(.minutes(1)))
struct JSONValueTests {
    @Test("a text becomes its tree")
    func parsing() throws {
        let text =
            #" {"n":null,"t":[true,false],"i":-9007199254740991,"d":1.5,"e":1e3,"s":"a\"\\\/\b\f\n\r\t\u00e9\ud834\udd1e","o":{"":{}}} "#
        #expect(
            try JSONValue(parsing: text.utf8) == [
                "n": nil, "t": [true, false], "i": -9_007_199_254_740_991, "d": 1.5, "e": .number(1000),
                "s": "a\"\\/\u{8}\u{c}\n\r\té𝄞", "o": ["": [:]],
            ]
        )
        #expect(try JSONValue(parsing: "-0".utf8) == 0)
        #expect(try JSONValue(parsing: "[]".utf8) == [])
    }

    @Test("names that Unicode holds for the same count as duplicates")
    func canonicalNames() {
        #expect(throws: JSONScanError.self) { try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}".utf8) }
    }

    @Test("a value becomes compact text with sorted names")
    func serializing() {
        let value: JSONValue = [
            "b": [1, 2.5, true, nil], "a/b": "\u{0}\u{1F}\"\\\n\r\t\u{8}\u{c}/é𝄞\u{7f}", "": [:], "big": .integer(.max),
            "whole": .number(3), "large": .number(9_007_199_254_740_992), "tiny": .number(1e-300),
            "odd": .number(.infinity),
        ]
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == #"{"":{},"a/b":"\u0000\u001f\"\\\n\r\t\b\f/é𝄞\#u{7f}","b":[1,2.5,true,null],"big":9223372036854775807,"#
                + #""large":9007199254740992.0,"odd":null,"tiny":1e-300,"whole":3}"#
        )
    }

    @Test("what is written is read again, and Foundation's coders agree")
    func roundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let value = Self.value(&random, depth: 5)
            let text = value.serialized()
            #expect(try JSONValue(parsing: text) == value, "seed \(seed)")
            #expect(try JSONCoding.decode(JSONValue.self, from: text) == value, "seed \(seed)")
        }
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &random))
        case 3: .number(Double.random(in: -1e9...1e9, using: &random) + 0.123)
        case 4, 5: .string(string(&random))
        case 6: .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                        (string(&random), value(&random, depth: depth - 1))
                    }
                ) { one, _ in one }
            )
        }
    }

    private static func string(_ random: inout SeededGenerator) -> String {
        let alphabet: [Character] = ["a", "b", "\"", "\\", "\n", "\u{1}", "/", "é", "𝄞", "漢", " "]
        return String(
            (0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
        )
    }
}
