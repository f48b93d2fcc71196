import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("Cutting output between characters")
struct CharacterCutterTests {
    /// One character of each length in UTF-8, and some that begin like others end.
    private static let text = "a\u{0}é\u{7FF}€\u{FFFD}\u{10FFFF}🙂\u{1B}[31mß\r\n漢字"

    @Test("text that arrives in any two parts leaves in pieces that are text, and whole", arguments: [4, 5, 7, 4096])
    func everySplit(limit: Int) {
        let bytes = Array(Self.text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var cutter = CharacterCutter(limit: limit)
                var pieces: [CharacterCutter.Piece] = []
                for part in [bytes[..<first], bytes[first..<second], bytes[second...]] {
                    cutter.append(Array(part))
                    while let piece = cutter.next() { pieces.append(piece) }
                }
                #expect(cutter.count == 0 && cutter.flush() == nil)
                #expect(pieces.flatMap(\.bytes) == bytes)
                #expect(pieces.allSatisfy { $0.isText && (1...limit).contains($0.bytes.count) })
            }
        }
    }

    @Test(
        "what is no UTF-8 is handed out at once, and said to be none",
        arguments: [
            [0xFF], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80], [0x41, 0xFE, 0x42], [0xE2, 0x28],
        ]
    )
    func invalid(bytes: [UInt8]) throws {
        var cutter = CharacterCutter(limit: 4096)
        cutter.append(bytes)
        let next = cutter.next()
        let piece = try #require(next)
        #expect(piece.bytes == bytes && !piece.isText)
        #expect(cutter.next() == nil)
    }

    @Test("the beginning of a character waits for its rest, and is handed out at the end")
    func waiting() throws {
        var cutter = CharacterCutter(limit: 4096)
        cutter.append([0x41, 0xF0, 0x9F, 0x99])
        #expect(cutter.next()?.bytes == [0x41])
        #expect(cutter.next() == nil)
        #expect(cutter.count == 3)
        let last = cutter.flush()
        let rest = try #require(last)
        #expect(rest.bytes == [0xF0, 0x9F, 0x99] && !rest.isText)
        #expect(cutter.flush() == nil)
    }

    @Test("random bytes leave as they came, in their order")
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = Seeded(state: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var cutter = CharacterCutter(limit: Int.random(in: 4...64, using: &generator))
            var out: [UInt8] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...20, using: &generator)
                cutter.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                while let piece = cutter.next() { out += piece.bytes }
                #expect(cutter.count < 4, "seed \(seed)")
            }
            out += cutter.flush()?.bytes ?? []
            #expect(out == bytes, "seed \(seed)")
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}

@Suite("The ring of a root shell's output")
struct OutputRingTests {
    @Test("it keeps the last bytes, whatever the size of what is appended", arguments: [1, 3, 7, 8, 9, 16, 100])
    func keepsTheLast(step: Int) {
        var ring = OutputRing(limit: 8)
        var all: [UInt8] = []
        for round in 0..<20 {
            let bytes = (0..<step).map { UInt8(truncatingIfNeeded: round &* step &+ $0) }
            ring.append(bytes)
            all += bytes
            #expect(ring.end == UInt64(all.count))
            #expect(ring.oldest == UInt64(max(0, all.count - 8)))
            for position in Int(ring.oldest)...all.count {
                #expect(ring.bytes(from: UInt64(position), most: 100) == Array(all[position...]))
                #expect(ring.bytes(from: UInt64(position), most: 2) == Array(all[position...].prefix(2)))
            }
        }
        #expect(ring.bytes(from: 0, most: 8).isEmpty)
        #expect(ring.bytes(from: UInt64.max, most: 8).isEmpty)
    }
}
