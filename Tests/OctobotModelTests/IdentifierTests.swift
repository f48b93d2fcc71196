import JSONText
import OctobotModel
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("an identifier is a plain string on the wire")
    func plainString() throws {
        let id: SessionID = "s1"
        #expect(try JSONCoding.encode(["id": id]) == Array(#"{"id":"s1"}"#.utf8))
        #expect(try JSONCoding.decode([String: SessionID].self, from: Array(#"{"id":"s1"}"#.utf8)) == ["id": id])
        #expect(throws: DecodingError.self) { try JSONCoding.decode([SessionID].self, from: Array("[1]".utf8)) }
        #expect("\(id)" == "s1")
    }

    @Test("random identifiers are lower-case UUIDs, each another one")
    func random() {
        let ids = (0..<100).map { _ in JobID.random().rawValue }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }

    @Test(
        "what a client may choose as a session id",
        arguments: [
            ("s1", true), ("A-9", true), (String(repeating: "a", count: 65), true), ("", false), ("-a", false),
            (String(repeating: "a", count: 66), false), ("a b", false), ("a/b", false), ("ä", false), ("a.b", false),
            ("a\n", false), ("../x", false),
        ]
    )
    func sessionID(text: String, isValid: Bool) {
        #expect(SessionID(text).isValid == isValid)
    }

    @Test("the seeded identifiers are those of the contract")
    func seeded() {
        #expect(ProjectID.local.rawValue == "local")
        #expect(UserID.anonymous.rawValue == "00000000-0000-0000-0000-000000000001")
    }
}
