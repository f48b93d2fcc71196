import Sealing
import Testing

@Suite("published test vectors", .timeLimit(.minutes(1)))
struct VectorTests {
    @Test("AES-256-GCM seals and opens as Wycheproof says")
    func cipher() throws {
        guard let groups = try Vectors.load("aes_gcm_test.json", as: CipherGroup.self) else { return }
        let tests = groups.filter { $0.keySize == 256 && $0.ivSize == 96 && $0.tagSize == 128 }.flatMap(\.tests)
        try #require(tests.count == 66)
        for test in tests {
            let key = try #require(Hexadecimal.bytes(test.key))
            let nonce = try #require(Hexadecimal.bytes(test.iv))
            let context = try #require(Hexadecimal.bytes(test.aad))
            let message = try #require(Hexadecimal.bytes(test.msg))
            let sealed = try #require(Hexadecimal.bytes(test.ct + test.tag))
            if test.result == "valid" {
                #expect(try AESGCM.seal(message, key: key, nonce: nonce, context: context) == sealed, "\(test.tcId)")
                #expect(try AESGCM.open(sealed, key: key, nonce: nonce, context: context) == message, "\(test.tcId)")
            } else {
                #expect(throws: SealingError.cannotOpen, "\(test.tcId)") {
                    try AESGCM.open(sealed, key: key, nonce: nonce, context: context)
                }
            }
        }
    }

    @Test("HKDF-SHA-256 derives as Wycheproof says")
    func derivation() throws {
        guard let groups = try Vectors.load("hkdf_sha256_test.json", as: DerivationGroup.self) else { return }
        let tests = groups.flatMap(\.tests).filter { $0.result == "valid" }
        try #require(tests.count > 50)
        for test in tests {
            let okm = Digest.hkdfSHA256(
                key: try #require(Hexadecimal.bytes(test.ikm)),
                salt: try #require(Hexadecimal.bytes(test.salt)),
                info: try #require(Hexadecimal.bytes(test.info)),
                length: test.size
            )
            #expect(Hexadecimal.text(okm) == test.okm, "\(test.tcId)")
        }
    }

    @Test("SHA-256 of FIPS 180-4's examples")
    func digest() {
        #expect(
            Hexadecimal.text(Digest.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            Hexadecimal.text(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test("HMAC-SHA-256 of RFC 4231's second case")
    func authentication() {
        #expect(
            Hexadecimal.text(Digest.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
    }
}
