import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// What a browser client does: JSON requests and event streams, nothing of the socket.
struct Browser: Sendable {
    struct Answer: Sendable {
        var status: Int
        var fields: [String: String]
        var body: [UInt8]

        /// The body as JSON; `null` when it is none.
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// One frame of an event stream.
    struct Frame: Sendable, Equatable {
        var id: String?
        var event: String?
        var data: String

        var json: JSONValue { (try? JSONValue(parsing: Array(data.utf8))) ?? .null }
    }

    let base: String

    /// Sends a request and reads the whole answer.
    func send(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        fields: [(String, String)] = [],
        raw: [UInt8]? = nil
    ) async throws -> Answer {
        let response = try await execute(method, path, body, fields, raw)
        let bytes = try await response.body.collect(upTo: 32 << 20)
        return Answer(
            status: Int(response.status.code),
            fields: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
            body: Array(bytes.readableBytesView)
        )
    }

    /// Opens an event stream and hands its frames to `body`, until that returns `false` or the stream ends.
    ///
    /// - Returns: The status of the answer.
    @discardableResult
    func stream(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        fields: [(String, String)] = [],
        each: (Frame) async throws -> Bool
    ) async throws -> Int {
        let response = try await execute(method, path, body, fields + [("Accept", "text/event-stream")], nil)
        guard response.status == .ok else { return Int(response.status.code) }
        var line: [UInt8] = []
        var frame = Frame(data: "")
        for try await buffer in response.body {
            for byte in buffer.readableBytesView {
                guard byte == 0x0A else {
                    line.append(byte)
                    continue
                }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                if text.isEmpty {
                    if !frame.data.isEmpty, try await !each(frame) { return 200 }
                    frame = Frame(data: "")
                } else if text.hasPrefix("data: ") {
                    frame.data += text.dropFirst(6)
                } else if text.hasPrefix("id: ") {
                    frame.id = String(text.dropFirst(4))
                } else if text.hasPrefix("event: ") {
                    frame.event = String(text.dropFirst(7))
                }
            }
        }
        return 200
    }

    private func execute(
        _ method: String,
        _ path: String,
        _ body: JSONValue?,
        _ fields: [(String, String)],
        _ raw: [UInt8]?
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.serialized()))
        }
        if let raw { request.body = .bytes(ByteBuffer(bytes: raw)) }
        for (name, value) in fields { request.headers.replaceOrAdd(name: name, value: value) }
        return try await HTTPClient.shared.execute(request, timeout: .minutes(4))
    }
}
