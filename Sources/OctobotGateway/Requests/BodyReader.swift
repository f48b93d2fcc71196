import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotModel

/// Reads the body of a request within its limits.
enum BodyReader {
    /// Whether the request announces a body (RFC 9112 §6.3).
    static func hasBody(_ fields: HTTPFields) -> Bool {
        if fields[.transferEncoding] != nil { return true }
        return fields[.contentLength].map { $0 != "0" } ?? false
    }

    /// - Throws: `RequestTooLarge` as soon as the body is known to be, before any of it was used.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge(limit) }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge(limit) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        Fault(
            .requestTooLarge,
            "The body is larger than \(limit) bytes.",
            details: ["limit": .integer(Int64(limit))]
        )
    }

    /// Whether the fields say that the body is JSON in UTF-8.
    static func isJSON(_ fields: HTTPFields) -> Bool {
        let types = fields[values: .contentType]
        guard types.count == 1, let type = types.first else { return false }
        let parts = type.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy {
            !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
        }
    }
}
