import Glibc
import JSONText
import OctobotModel
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "a moment is written in UTC with milliseconds and Z",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func writing(milliseconds: Int64, text: String) throws {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.description == text)
        #expect(Timestamp(text) == moment)
        #expect(try JSONCoding.encode([moment]) == Array("[\"\(text)\"]".utf8))
        #expect(try JSONCoding.decode([Timestamp].self, from: JSONCoding.encode([moment])) == [moment])
    }

    @Test(
        "other spellings of RFC 3339 are read",
        arguments: [
            ("2026-01-02T03:04:05Z", 1_767_323_045_000), ("2026-01-02T04:04:05+01:00", 1_767_323_045_000),
            ("2026-01-02T03:04:05.6Z", 1_767_323_045_600), ("2026-01-02T03:04:05.678123Z", 1_767_323_045_678),
        ] as [(String, Int64)]
    )
    func reading(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "now", "2026", "2026-01-02", "2026-01-02T03:04", "2026-13-02T03:04:05Z", "1767323045",
            "2026-01-02T03:04:05Zjunk", "2026-01-02T03:04:05.678Z ", "2026-02-30T00:00:00Z", "2026-01-02T25:04:05Z",
        ]
    )
    func refusing(text: String) throws {
        #expect(Timestamp(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONCoding.decode([Timestamp].self, from: JSONCoding.encode([text]))
        }
    }

    @Test("every millisecond survives being written and read")
    func milliseconds() {
        for offset in Int64(0)..<2000 {
            let moment = Timestamp(milliseconds: 1_767_323_045_000 + offset * 37)
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test("moments are ordered and moved by durations")
    func arithmetic() {
        let moment = Timestamp(milliseconds: 1000)
        #expect(moment.advanced(by: .milliseconds(1500)).milliseconds == 2500)
        #expect(moment.advanced(by: .seconds(-2)).milliseconds == -1000)
        #expect(moment < moment.advanced(by: .milliseconds(1)))
    }
}

extension TimestampTests {
    @Test("random moments of the years 0 to 9999 survive, and agree with the calendar of the system")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = Xorshift(state: seed | 1)
        for _ in 0..<2000 {
            let moment = Timestamp(
                milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
            )
            #expect(Timestamp(moment.description) == moment, "seed \(seed)")
            var seconds = time_t((Double(moment.milliseconds) / 1000).rounded(.down))
            var fields = tm()
            gmtime_r(&seconds, &fields)
            let text = moment.description
            #expect(Int32(text.prefix(4)) == fields.tm_year + 1900, "seed \(seed), \(text)")
            #expect(Int32(text.dropFirst(5).prefix(2)) == fields.tm_mon + 1, "seed \(seed), \(text)")
            #expect(Int32(text.dropFirst(8).prefix(2)) == fields.tm_mday, "seed \(seed), \(text)")
            #expect(Int32(text.dropFirst(11).prefix(2)) == fields.tm_hour, "seed \(seed), \(text)")
        }
    }
}

private struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
