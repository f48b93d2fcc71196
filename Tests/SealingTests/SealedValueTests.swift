import OctobotTestSupport
import Sealing
import Testing

@Suite("sealed values", .timeLimit(.minutes(1)))
struct SealedValueTests {
    private static func key(_ byte: UInt8) throws -> SecretKey {
        try SecretKey(bytes: [UInt8](repeating: byte, count: 32))
    }

    @Test("what was sealed opens in its place", arguments: [0, 1, 15, 16, 17, 4096])
    func roundTrip(size: Int) throws {
        let ring = KeyRing(try Self.key(1))
        let content = try SecureRandom.bytes(size)
        let sealed = try ring.seal(content, context: "credential/local/anthropic")
        #expect(sealed.count == size + 33)
        #expect(try ring.open(sealed, context: "credential/local/anthropic") == content)
        #expect(throws: SealingError.cannotOpen) { try ring.open(sealed, context: "credential/other/anthropic") }
    }

    @Test("the same content never seals to the same bytes")
    func freshNonce() throws {
        let ring = KeyRing(try Self.key(1))
        #expect(try ring.seal([1, 2, 3], context: "a") != ring.seal([1, 2, 3], context: "a"))
    }

    @Test("every changed bit and every missing byte is noticed")
    func tampering() throws {
        let ring = KeyRing(try Self.key(1))
        let sealed = try ring.seal(Array("secret".utf8), context: "a")
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << bit
                #expect(throws: SealingError.self) { try ring.open(changed, context: "a") }
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealingError.self) { try ring.open(Array(sealed.prefix(count)), context: "a") }
        }
    }

    @Test("garbage is refused and never crashes")
    func garbage() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(throws: SealingError.self) { try KeyRing(try Self.key(1)).open(bytes, context: "a") }
        }
    }

    @Test("after a rotation the old opens and the new seals")
    func rotation() throws {
        let old = KeyRing(try Self.key(1))
        let new = KeyRing(try Self.key(2), earlier: [try Self.key(1)])
        let sealed = try old.seal([7], context: "a")
        #expect(try new.open(sealed, context: "a") == [7])
        #expect(new.isOutdated(sealed))
        let again = try new.seal([7], context: "a")
        #expect(!new.isOutdated(again))
        #expect(throws: SealingError.unknownKey) { try old.open(again, context: "a") }
    }

    @Test("a sandbox's secret depends on key, session and nonce, and on nothing else")
    func sandboxSecret() throws {
        let key = try Self.key(1)
        let secret = key.sandboxKey.secret(sessionID: "s1", nonce: "n")
        #expect(secret.wholeMatch(of: /[0-9a-f]{64}/) != nil)
        #expect(secret == key.sandboxKey.secret(sessionID: "s1", nonce: "n"))
        #expect(secret != key.sandboxKey.secret(sessionID: "s", nonce: "1n"))
        #expect(secret != key.sandboxKey.secret(sessionID: "s1", nonce: "m"))
        #expect(secret != (try Self.key(2)).sandboxKey.secret(sessionID: "s1", nonce: "n"))
    }

    @Test("the sandbox gets a salted digest of its secret")
    func saltedSecret() throws {
        let text = try SandboxSecret.salted("abc")
        let parts = text.split(separator: ":").map(String.init)
        let salt = try #require(Hexadecimal.bytes(parts[0]))
        #expect(parts == [Hexadecimal.text(salt), Hexadecimal.text(Digest.sha256(salt + Array("abc".utf8)))])
        #expect(text != (try SandboxSecret.salted("abc")))
    }

    @Test("a key shows itself nowhere")
    func hidden() throws {
        let key = try SecretKey(hexadecimal: String(repeating: "ab", count: 32))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: Optional(key)), dumped] {
            #expect(!text.contains("171") && !text.lowercased().contains("abab"))
        }
    }

    @Test("keys of the wrong size or alphabet are refused", arguments: ["", "ab", String(repeating: "g", count: 64)])
    func badKeys(text: String) {
        #expect(throws: SealingError.badKey) { try SecretKey(hexadecimal: text) }
    }

    @Test("comparison tells equal from different")
    func comparison() {
        #expect(Digest.areEqual([1, 2], [1, 2]))
        #expect(Digest.areEqual([], []))
        #expect(!Digest.areEqual([1, 2], [1, 3]))
        #expect(!Digest.areEqual([1, 2], [1]))
    }
}
