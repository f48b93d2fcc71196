import JSONText
import SandboxAgentAPI
import Testing

@Suite("Headers of the agent API")
struct HeaderTests {
    @Test("credentials travel in ASCII, sorted, and come back")
    func credentials() {
        let list = [
            AgentCredential(envVar: "Z", value: "ä\u{1F600}\"\\\n"), AgentCredential(envVar: "A", value: "sk-1"),
        ]
        let header = AgentCredential.header(list)
        #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(AgentCredential.parse(header: header) == [list[1], list[0]])
    }

    @Test(
        "what is no list of credentials counts as none",
        arguments: [
            "", "x", "{}", #"[{"envVar":"","value":"x"},{"envVar":"A","value":""},{"envVar":"B=C","value":"d"},1]"#,
        ]
    )
    func malformed(header: String) {
        #expect(AgentCredential.parse(header: header).isEmpty)
    }

    @Test(
        "names are percent-encoded and decoded",
        arguments: [("Jörg Müller", "J%C3%B6rg%20M%C3%BCller"), ("a@b.c", "a@b.c"), ("\u{1}%", "%01%25")]
    )
    func identity(text: String, field: String) {
        #expect(AgentGitIdentity.encode(text) == field)
        #expect(AgentGitIdentity.decode(field) == text)
    }

    @Test("a field that does not decode is taken as it is", arguments: ["100%", "%zz", "%FF"])
    func undecodable(field: String) {
        #expect(AgentGitIdentity.decode(field) == field)
    }

    @Test(
        "an Authorization field is a bearer token, malformed or missing",
        arguments: [
            (nil, BearerToken.missing), ("Bearer x", .token("x")), ("bearer x", .token("x")), ("Basic x", .malformed),
            ("Bearer", .malformed), ("Bearer x y", .malformed),
        ]
    )
    func bearer(field: String?, expected: BearerToken) {
        #expect(BearerToken(field: field) == expected)
    }

    @Test(
        "the stored hash is read strictly",
        arguments: ["", "ab", "ab:cd", "ab:cd:ef", "zz:\(String(repeating: "0", count: 64))"]
    )
    func badHash(text: String) {
        #expect(SecretHash(text) == nil)
    }

    @Test("the stored hash is compared as a whole")
    func hash() throws {
        let hash = try #require(SecretHash("0001:" + String(repeating: "ab", count: 32)))
        #expect(hash.message(for: "s") == [0, 1, UInt8(ascii: "s")])
        #expect(hash.matches(digest: [UInt8](repeating: 0xAB, count: 32)))
        #expect(!hash.matches(digest: [UInt8](repeating: 0xAB, count: 31) + [0]))
        #expect(!hash.matches(digest: []))
        #expect(SecretHash(hash.text) == hash)
    }
}

@Suite("Server-sent events")
struct ServerSentEventTests {
    @Test("events are read the same however the bytes are split")
    func splits() throws {
        var bytes = ServerSentEvents.ping + ServerSentEvents.event(id: 7, data: #"{"a":1}"#.utf8)
        bytes += Array("event: x\r\ndata:no space\r\ndata: two\r\n\r\n".utf8) + ServerSentEvents.end
        var whole = ServerSentEventParser()
        let expected = try whole.consume(bytes)
        #expect(expected.map { String(decoding: $0.data, as: UTF8.self) } == [#"{"a":1}"#, "no space\ntwo", "[DONE]"])
        #expect(expected.map(\.id) == ["7", nil, nil])
        #expect(expected.map(\.isDone) == [false, false, true])
        for split in 0...bytes.count {
            var parser = ServerSentEventParser()
            #expect(try parser.consume(bytes[..<split]) + parser.consume(bytes[split...]) == expected)
        }
    }

    @Test("two mebibytes on one line pass, more than the limit does not")
    func large() throws {
        let big = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        var parser = ServerSentEventParser()
        #expect(try parser.consume(ServerSentEvents.event(data: big)).first?.data == big)
        var small = ServerSentEventParser(limit: 1 << 20)
        #expect(throws: ServerSentEventParser.TooLarge.self) { try small.consume(ServerSentEvents.event(data: big)) }
    }
}

@Suite("Bodies of the agent API")
struct BodyTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    @Test("what is null is written as null")
    func nulls() throws {
        #expect(try text(ChatStatus()) == #"{"completionId":null,"error":null,"isRunning":false,"startedAt":null}"#)
        #expect(try text(QuestionState(status: nil, question: nil)) == #"{"question":null}"#)
        #expect(try text(QuestionState(status: .expired, question: nil)) == #"{"question":null,"status":"expired"}"#)
    }

    @Test("the catalogue names each agent once, with what it needs")
    func catalogue() {
        #expect(Set(AgentCatalogue.all.map(\.id)).count == AgentCatalogue.all.count)
        for id in ["demo", "claude-code", "codex", "gemini-cli", "opencode", "goose", "custom"] {
            #expect(AgentCatalogue[id] != nil, "\(id)")
        }
        for entry in AgentCatalogue.all where entry.id != "demo" && entry.id != "custom" {
            #expect(entry.command?.isEmpty == false, "\(entry.id)")
        }
    }
}
