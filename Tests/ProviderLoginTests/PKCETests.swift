import ProviderLogin
import Testing

@Suite("PKCE", .timeLimit(.minutes(1)))
struct PKCETests {
    @Test("the challenge of RFC 7636's example is RFC 7636's")
    func example() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(PKCE.challenge(of: verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("verifiers and states are long, of safe characters, and never the same")
    func random() throws {
        let one = try PKCE.random()
        let other = try PKCE.random()
        #expect(one.verifier.count == 64 && one.state.count == 43)
        #expect(one.verifier != other.verifier && one.state != other.state && one.state != one.verifier)
        for text in [one.verifier, one.state, one.challenge] {
            #expect(text.wholeMatch(of: /[0-9A-Za-z_-]+/) != nil)
        }
    }
}
