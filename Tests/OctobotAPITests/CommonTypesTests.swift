import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("Types of several operations")
struct CommonTypesTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    @Test("a patch is absent, null or a value, and stays what it was")
    func patch() throws {
        for (name, json) in [
            (Patch.absent, #"{"sessionId":"s1"}"#), (.null, #"{"displayName":null,"sessionId":"s1"}"#),
            (.value("x"), #"{"displayName":"x","sessionId":"s1"}"#),
            (.value(""), #"{"displayName":"","sessionId":"s1"}"#),
        ] as [(Patch<String>, String)] {
            let params = UpdateSession.Params(sessionID: "s1", displayName: name)
            #expect(try text(params) == json)
            #expect(try JSONCoding.decode(UpdateSession.Params.self, from: Array(json.utf8)) == params)
        }
    }

    @Test("start positions survive")
    func startPosition() throws {
        for (position, json) in [
            (.now, #"{"type":"now"}"#), (.start, #"{"type":"start"}"#), (.snapshot, #"{"type":"snapshot"}"#),
            (.cursor("chat.s1:4"), #"{"cursor":"chat.s1:4","type":"cursor"}"#),
        ] as [(StartPosition, String)] {
            #expect(try text(position) == json)
            #expect(try JSONCoding.decode(StartPosition.self, from: Array(json.utf8)) == position)
        }
        for json in [#"{"type":"later"}"#, #"{"type":"cursor"}"#, "{}", #""now""#] {
            #expect(throws: DecodingError.self) { try JSONCoding.decode(StartPosition.self, from: Array(json.utf8)) }
        }
    }

    @Test("the id of a call is an integer or a text")
    func callID() throws {
        let params = try JSONCoding.decode(RPCCancel.Params.self, from: Array(#"{"id":"7"}"#.utf8))
        #expect(params.id == .string("7"))
        #expect(try JSONCoding.decode(RPCCancel.Params.self, from: Array(#"{"id":7}"#.utf8)).id == .integer(7))
        #expect(try text(RPCCancel.Params(id: .integer(-7))) == #"{"id":-7}"#)
        #expect(throws: DecodingError.self) {
            try JSONCoding.decode(RPCCancel.Params.self, from: Array(#"{"id":true}"#.utf8))
        }
    }

    @Test("chat items survive and fit their schema")
    func chatItems() throws {
        let items: [ChatItem] = [
            .prompt(turnID: "t1", message: ChatMessage.example.value), .turn(turnID: "t1", state: .running),
            .turn(turnID: "t1", state: .failed, reason: "poison"),
            .chunk(turnID: "t1", n: 1, chunk: ["type": "start", "messageId": "m2"]),
            .approval(turnID: "t1", approval: .answeredExample),
        ]
        for item in items {
            let bytes = try JSONCoding.encode(item)
            #expect(try JSONCoding.decode(ChatItem.self, from: bytes) == item)
            try ChatItem.schema.validate(JSONValue(parsing: bytes), mode: .exact)
            #expect(item.turnID == "t1")
        }
        #expect(throws: DecodingError.self) {
            try JSONCoding.decode(ChatItem.self, from: Array(#"{"kind":"news","turnId":"t1"}"#.utf8))
        }
    }

    @Test("a message keeps members nobody knows")
    func message() throws {
        let json = #"{"id":"m1","metadata":{"a":1},"parts":[{"type":"text","text":"x"}],"role":"user"}"#
        let message = try JSONCoding.decode(ChatMessage.self, from: Array(json.utf8))
        #expect(message.id == "m1" && message.role == "user" && message.parts.count == 1)
        #expect(message.value["metadata"] == ["a": 1])
        #expect(try JSONCoding.decode(ChatMessage.self, from: JSONCoding.encode(message)) == message)
    }

    @Test("the last page has no cursor")
    func page() throws {
        #expect(try text(Page<Project>(items: [])) == #"{"items":[]}"#)
        #expect(try text(Page<Project>(items: [], nextCursor: "c")) == #"{"items":[],"nextCursor":"c"}"#)
        #expect(ListJobs.Params().pageSize == 100)
        #expect(ListJobs.Params(limit: 7).pageSize == 7)
        #expect(GetJob.Params(jobID: "j").project == .local)
    }

    @Test("events of every kind fit their schema", arguments: Event.Kind.allCases)
    func events(kind: Event.Kind) throws {
        let samples = Event.definition.alternatives
        let sample = try #require(samples[kind.rawValue])
        let event = try JSONCoding.decode(Event.self, from: sample.serialized())
        #expect(event.type == kind)
        try Event.schema.validate(JSONValue(parsing: JSONCoding.encode(event)), mode: .exact)
    }

    @Test("near names are found, far ones are not")
    func nearestNames() {
        let names = NearestNames(among: ["session.get", "session.list", "session.create", "chat.send"])
        #expect(names.nearest(to: "sesion.get").first == "session.get")
        #expect(names.nearest(to: "SESSION.LIST").first == "session.list")
        #expect(names.nearest(to: "chat.sned") == ["chat.send"])
        #expect(names.nearest(to: "completely.different") == [])
        #expect(names.nearest(to: "") == [])
        #expect(names.nearest(to: String(repeating: "x", count: 1 << 20)) == [])
        #expect(NearestNames.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
        #expect(NearestNames.distance([], Array("abc".utf8)) == 3)
    }
}

extension JSONSchema {
    /// A sample of each shape of a tagged union, by its tag.
    fileprivate var alternatives: [String: JSONValue] {
        guard case .tagged(let tag, let alternatives) = kind else { return [:] }
        let samples = alternatives.map { alternative in
            (alternative.tag, JSONSchema(.tagged(by: tag, [alternative])).sample)
        }
        return Dictionary(samples) { $1 }
    }
}
