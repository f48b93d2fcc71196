import JSONRPC
import Testing

@Suite("remains of messages", .timeLimit(.minutes(1)))
struct MessageRemainsTests {
    /// The remains in words.
    private func words(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { pointer in
            let remains = MessageRemains(of: pointer)
            let id = remains.id.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "-"
            return id + (remains.isCall ? " call" : "")
        }
    }

    @Test(
        "id and kind are found around what is wrong",
        arguments: [
            (#"{"jsonrpc":"2.0","id":12,"result":{"a":"\ud800","id":5}}"#, "12"),
            (#"{"result":{"id":5,"method":"m","x":"}\"{"},"id":"a\"b","jsonrpc":"2.0"}"#, #""a\"b""#),
            (#"{ "id" : -3 , "result" : nonsense }"#, "-3"), (#"{"id":1,"id":2,"result":0}"#, "1"),
            (#"{"id":1,"params":{"a":1,"a":2},"method":"m"}"#, "1 call"), (#"{"id":1,"params":[["#, "1 call"),
            (#"{"method":"m","params":{"id":1}}"#, "- call"), (#"{"jsonrpc":"2.0","id":7,"result":"cut o"#, "7"),
            (#"{"jsonrpc":"2.0","id":7"#, "-"), (#"{"jsonrpc":"2.0","id":"7"#, "-"), (#"{"id":"#, "-"),
            (#"{"id":null,"error":{"id":4}}"#, "-"), (#"{"a":"id","b":5}"#, "-"), (#"[{"id":1,"result":1}]"#, "-"),
            ("]]}}", "-"), ("", "-"), (#"\""#, "-"), (#""\"#, "-"), ("id: 5", "-"),
        ]
    )
    func remains(text: String, wanted: String) {
        #expect(words(text) == wanted)
    }
}
