import JSONText
import OctobotAPI
import OctobotTestSupport
import Testing

/// One connection, message by message, checked against the declarations in both directions.
final class Conversation {
    struct Ended: Error {}

    private let socket: LineSocket
    private var lines: AsyncStream<[UInt8]>.AsyncIterator
    private let validator = ConversationValidator(TrafficValidator(toyOperations))
    private var nextID: Int64 = 0
    /// Messages that came while an answer was waited for.
    private var early: [JSONValue] = []

    init(path: String) throws {
        socket = try LineSocket(path: path)
        lines = socket.lines.makeAsyncIterator()
    }

    /// What the declarations do not cover; checked at the end of every test.
    var violations: [String] { validator.violations }

    /// Sends text as it is, with a line feed.
    func send(raw text: String) throws {
        validator.sent(Array(text.utf8))
        try socket.write(text + "\n")
    }

    func send(_ message: JSONValue) throws {
        try send(raw: String(decoding: message.serialized(), as: UTF8.self))
    }

    /// Sends a request and gives its id.
    @discardableResult
    func request(_ method: String, _ params: JSONValue = [:], id: JSONValue? = nil) throws -> JSONValue {
        nextID += 1
        let id = id ?? .integer(nextID)
        try send(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params])
        return id
    }

    func notify(_ method: String, _ params: JSONValue) throws {
        try send(["jsonrpc": "2.0", "method": .string(method), "params": params])
    }

    /// The next message as it comes.
    func next() async throws -> JSONValue {
        if !early.isEmpty { return early.removeFirst() }
        return try await receive()
    }

    private func receive() async throws -> JSONValue {
        guard let line = await lines.next(isolation: #isolation) else { throw Ended() }
        validator.received(line)
        return try JSONValue(parsing: line)
    }

    /// The answer with this id; what comes before it is kept.
    func answer(to id: JSONValue) async throws -> JSONValue {
        if let index = early.firstIndex(where: { $0["id"] == id }) { return early.remove(at: index) }
        while true {
            let message = try await receive()
            if message["id"] == id { return message }
            early.append(message)
        }
    }

    /// Makes a call and gives its answer, result or error.
    func call(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        try await answer(to: request(method, params))
    }

    /// The params of the next notification.
    func notification(_ method: String = "event") async throws -> JSONValue {
        while true {
            let message = try await next()
            guard message["id"] == nil else { continue }
            try #require(message["method"] == .string(method), "\(message)")
            return message["params"] ?? .null
        }
    }

    /// Whatever comes until the other side closes.
    func rest() async throws -> [JSONValue] {
        var messages: [JSONValue] = []
        while true {
            do {
                messages.append(try await next())
            } catch is Ended {
                return messages
            }
        }
    }

    func disconnect() { socket.disconnect() }
}
