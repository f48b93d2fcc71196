import JSONRPC
import JSONText
import Testing

@Suite("envelopes", .timeLimit(.minutes(1)))
struct EnvelopeReaderTests {
    /// A reading in words.
    private func words(_ text: String, _ reader: EnvelopeReader = EnvelopeReader()) -> String {
        var reader = reader
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { pointer in
            func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
            switch reader.read(pointer) {
            case .message(let envelope):
                return "\(envelope.kind) \(part(envelope.id)) \(part(envelope.method)) \(part(envelope.content))"
            case .batch(let places): return "batch " + places.map(part).joined(separator: " ")
            case .refused(let error, let id): return "\(error.code) \(id.map(part) ?? "-")"
            }
        }
    }

    @Test(
        "each text is what it is",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"a.b"}"#, "call 1 a.b "),
            (
                #" { "params" : {"x":[1]} , "method":"m", "id" : "ü\u0041" , "jsonrpc" : "2.0" } "#,
                #"call "ü\u0041" m {"x":[1]}"#
            ),
            (#"{"jsonrpc":"2.0","\u0069d":-5,"method":"m","params":{}}"#, "call -5 m {}"),
            (#"{"jsonrpc":"2.0","method":"m"}"#, "notification  m "),
            (#"{"jsonrpc":"2.0","id":1,"result":{"a":1}}"#, #"result 1  {"a":1}"#),
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#, #"failure 1  {"code":1}"#),
            (#"{"jsonrpc":"2.0","id":null,"error":{"code":1}}"#, #"failure null  {"code":1}"#),
            (#"[{}, 1]"#, "batch {} 1"),
            ("[]", "-32600 -"), ("1", "-32600 -"), (#""x""#, "-32600 -"), ("", "-32700 -"), ("{", "-32700 -"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, "-32700 -"),
            (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#, "-32700 -"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":{"b":1,"b":2}}}"#, "-32700 -"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\ud800"}}"#, "-32700 -"),
            (#"{"jsonrpc":"2.0","id":9007199254740992,"method":"m"}"#, "-32700 -"),
            (#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, "-32600 1"), (#"{"id":"x","method":"m"}"#, #"-32600 "x""#),
            (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, "-32600 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, "-32600 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":""}"#, "-32600 1"), (#"{"jsonrpc":"2.0","id":1}"#, "-32600 1"),
            (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, "-32600 -"),
            (#"{"jsonrpc":"2.0","id":1.0,"method":"m"}"#, "-32600 -"),
            (#"{"jsonrpc":"2.0","id":1e2,"method":"m"}"#, "-32600 -"),
            (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, "-32600 -"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}"#, "-32602 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#, "-32600 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","parms":{}}"#, "-32600 1"),
            (#"{"jsonrpc":"2.0","id":1,"Method":"m"}"#, "-32600 1"), (#"{"jsonrpc":"2.0","result":1}"#, "-32600 -"),
        ]
    )
    func reading(text: String, wanted: String) {
        #expect(words(text) == wanted)
    }

    @Test("an id has at most 128 bytes, however they are written")
    func longIDs() {
        let right = String(repeating: "i", count: 128)
        #expect(words(#"{"jsonrpc":"2.0","id":"\#(right)","method":"m"}"#) == "call \"\(right)\" m ")
        #expect(words(#"{"jsonrpc":"2.0","id":"\#(right)i","method":"m"}"#) == "-32600 -")
        let escaped = String(repeating: "\\u0069", count: 128)
        #expect(words(#"{"jsonrpc":"2.0","id":"\#(escaped)","method":"m"}"#) == "call \"\(escaped)\" m ")
        #expect(RPCID(text: Array("\"\(escaped)\"".utf8)) == RPCID(right))
        #expect(RPCID(1) != RPCID("1"))
    }

    @Test("a batch has a limit, and other members may be passed over")
    func options() {
        let many = "[" + (0..<101).map(String.init).joined(separator: ",") + "]"
        #expect(words(many) == "-32600 -")
        #expect(
            words(#"{"jsonrpc":"2.0","method":"m","x":1}"#, EnvelopeReader(allowsMoreMembers: true))
                == "notification  m "
        )
    }

    @Test(
        "the id is found in the beginning of a message when it is whole",
        arguments: [
            (#"{"jsonrpc":"2.0","id":12,"method":"m","params":{"a":"xxxx"#, "12"),
            (#"{"jsonrpc":"2.0","id":"a\"b","params":[[{"#, #""a\"b""#), (#"{"jsonrpc":"2.0","id":12"#, nil),
            (#"{"params":{"id":3,"#, nil), (#"[{"id":4},"#, nil), (#"{"id":[],"params":""#, nil), ("nonsense", nil),
        ]
    )
    func heads(text: String, wanted: String?) {
        var reader = EnvelopeReader()
        let bytes = Array(text.utf8)
        let range = bytes.withUnsafeBufferPointer { reader.id(inHead: $0) }
        #expect(range.map { String(decoding: bytes[$0], as: UTF8.self) } == wanted)
    }

    @Test("an error is the same after its way over the wire")
    func errors() throws {
        let error = RPCError.overloaded(limit: 3)
        #expect(RPCError(json: try JSONValue(parsing: error.json.serialized())) == error)
        #expect(error.data?["type"] == "Overloaded")
        #expect(error.data?["retryable"] == true)
        #expect(error.data?["requestId"]?.stringValue?.count == 16)
        #expect(RPCError(json: ["code": 1]) == nil)
    }
}
