import Foundation
import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import SandboxAgentAPI

/// A refusal with its status and body.
struct HTTPRefusal: Error {
    var status: HTTPResponse.Status
    var body: ErrorBody

    init(_ status: HTTPResponse.Status, _ body: ErrorBody) {
        self.status = status
        self.body = body
    }

    init(_ status: HTTPResponse.Status, _ text: String) {
        self.init(status, ErrorBody(text))
    }
}

extension Response {
    /// JSON with the given status.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONCoding.encode(value)))
        )
    }
}

extension Request {
    /// The value of one query parameter, decoded.
    func query(_ name: String) -> String? {
        for pair in (uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.first.map(Self.decode) == name else { continue }
            return parts.count > 1 ? Self.decode(parts[1]) : ""
        }
        return nil
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = String(text).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }

    /// A header field by its name.
    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// Collects the body and decodes it; the scanner has refused what is not JSON.
    func decode<Body: Decodable>(_ type: Body.Type, limit: Int = AgentLimit.body) async throws -> Body {
        let bytes = try await collect(limit)
        do {
            return try JSONCoding.decode(type, from: bytes)
        } catch {
            throw HTTPRefusal(.badRequest, "Invalid JSON body")
        }
    }

    /// The bytes of the body, at most `limit`.
    func collect(_ limit: Int) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit {
            throw HTTPRefusal(.contentTooLarge, "Body too large")
        }
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw HTTPRefusal(.contentTooLarge, "Body too large")
        }
    }
}
