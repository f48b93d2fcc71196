import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotModel
import OctobotServer

/// Makes the answers of the gateway; every one is JSON unless it is a stream.
enum Answer {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: value.serialized(), status: status)
    }

    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        var buffer = ByteBufferAllocator().buffer(capacity: bytes.count + 1)
        buffer.writeBytes(bytes)
        buffer.writeInteger(UInt8(ascii: "\n"))
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: buffer)
        )
    }

    static func fault(_ fault: Fault, requestID: String, status: HTTPResponse.Status? = nil) -> Response {
        var response = json(
            fault.restBody(requestID: requestID),
            status: status ?? HTTPResponse.Status(code: fault.status)
        )
        if let delay = fault.retryAfterMilliseconds { response.headers[.retryAfter] = "\((delay + 999) / 1000)" }
        return response
    }

    /// Nothing to say: only where a client relies on it (rest-api.md §1.9).
    static func noContent() -> Response {
        var response = Response(status: .noContent)
        response.headers[.contentLength] = nil
        return response
    }

    /// What every answer carries, whatever it is.
    static func complete(_ response: inout Response, requestID: String) {
        response.headers[.requestID] = requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.frameOptions] = "DENY"
        response.headers[.resourcePolicy] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if response.headers[.date] == nil { response.headers[.date] = HTTPDate.now }
    }
}

extension Fault {
    /// The table's status, but where REST tells more apart (rest-api.md §26.2, H1).
    fileprivate var status: Int { reason == "git.unknownRevision" ? 422 : kind.wire.status }
}
