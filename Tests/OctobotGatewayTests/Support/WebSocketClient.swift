import JSONText
import Testing

/// A browser's end of a WebSocket that sends whatever bytes it is told.
struct WebSocketClient {
    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]
        var isFinal = true

        /// The code and reason of a close frame.
        var close: (code: Int?, reason: String) {
            guard payload.count >= 2 else { return (nil, "") }
            return (Int(payload[0]) << 8 | Int(payload[1]), String(decoding: payload.dropFirst(2), as: UTF8.self))
        }
    }

    static let text: UInt8 = 1
    static let binary: UInt8 = 2
    static let close: UInt8 = 8
    static let ping: UInt8 = 9
    static let pong: UInt8 = 10

    var connection: RawConnection

    /// The bytes of one frame as a browser sends it.
    static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isFinal: Bool = true,
        reserved: UInt8 = 0,
        isMasked: Bool = true,
        announcing length: Int? = nil
    ) -> [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        let length = length ?? payload.count
        switch length {
        case ..<126: bytes.append(mask | UInt8(length))
        case ..<65536: bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default:
            bytes.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(length >> shift & 0xFF)) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    static func message(_ type: String, _ data: JSONValue) -> [UInt8] {
        JSONValue.object(["type": .string(type), "data": data]).serialized()
    }

    func send(_ bytes: [UInt8]) async throws { try await connection.send(bytes) }

    func type(_ text: String) async throws {
        try await send(Self.frame(Self.text, Self.message("input", .string(text))))
    }

    /// The next frame; `nil` when the other side has ended.
    mutating func next() async throws -> Frame? {
        do {
            let head = try await connection.take(2)
            #expect(head[1] & 0x80 == 0, "a server masks nothing")
            var length = Int(head[1] & 0x7F)
            if length > 125 {
                length = try await connection.take(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
            }
            let payload = try await connection.take(length)
            return Frame(opcode: head[0] & 0x0F, payload: payload, isFinal: head[0] & 0x80 != 0)
        } catch is RawConnection.Ended {
            return nil
        }
    }

    /// The next message; pings are passed over.
    mutating func message() async throws -> (type: String, data: String)? {
        while let frame = try await next() {
            guard frame.opcode == Self.text else {
                guard frame.opcode == Self.ping else { return nil }
                continue
            }
            let value = try JSONValue(parsing: frame.payload)
            return (value["type"]?.stringValue ?? "", value["data"]?.stringValue ?? "")
        }
        return nil
    }

    /// What the close frame says that ends everything; messages before it are passed over.
    mutating func closing() async throws -> (code: Int?, reason: String)? {
        while let frame = try await next() {
            guard frame.opcode == Self.close else { continue }
            let after = try await next()
            #expect(after == nil, "nothing follows a close frame")
            return frame.close
        }
        return nil
    }
}

extension TestGateway {
    static let terminal = "/api/projects/local/sessions/s1/terminal/ws"

    func handshake(_ path: String = Self.terminal, fields: [String: String] = [:]) -> String {
        Self.handshake(path, port: port, fields: fields)
    }

    private static func handshake(_ path: String, port: Int, fields: [String: String]) -> String {
        var all = [
            "Host": "127.0.0.1:\(port)",
            "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        all.merge(fields) { _, given in given }
        return "GET \(path) HTTP/1.1\r\n"
            + all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n"
    }

    /// A browser with a terminal.
    func socket(
        _ query: String = "",
        receiveBuffer: Int? = nil,
        _ body: @Sendable (inout WebSocketClient) async throws -> Void
    ) async throws {
        try await Self.socket(query, port: port, receiveBuffer: receiveBuffer, body)
    }

    static func socket(
        _ query: String = "",
        port: Int,
        receiveBuffer: Int? = nil,
        _ body: @Sendable (inout WebSocketClient) async throws -> Void
    ) async throws {
        try await RawConnection.with(port: port, receiveBuffer: receiveBuffer) { connection in
            try await connection.send(handshake(terminal + query, port: port, fields: [:]))
            let answer = try await connection.head()
            try #require(answer.status == 101, "\(answer)")
            var client = WebSocketClient(connection: connection)
            try await body(&client)
        }
    }
}
