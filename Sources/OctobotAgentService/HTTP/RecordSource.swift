import HTTPTypes
import HummingbirdCore
import NIOCore
import SandboxAgentAPI

/// Where the records of an answer come from, for one reader.
protocol RecordSource {
    /// The bytes of one or more records; `nil` after the last, or when the task is cancelled.
    func next() async throws -> [UInt8]?
    /// Called once, after the last or when the reader is gone.
    func close()
}

extension Response {
    /// An answer of records, written as fast as they are taken.
    ///
    /// - Parameter open: called when the answer begins; the source is closed when the reader goes away.
    static func records(to request: Request, _ open: @escaping @Sendable () -> any RecordSource) -> Response {
        let watched = request.watched
        // Watching for a reader that leaves uses the connection up, so it is not offered for another request.
        return Response(
            status: .ok,
            headers: [.contentType: OutputRecord.contentType, .cacheControl: "no-cache", .connection: "close"],
            body: ResponseBody { writer in
                try await watched.body.consumeWithCancellationOnInboundClose { _ -> Void in
                    let source = open()
                    defer { source.close() }
                    while let bytes = try await source.next() { try await writer.write(ByteBuffer(bytes: bytes)) }
                }
                try await writer.finish(nil)
            }
        )
    }
}

extension Request {
    /// The same request, to be watched for a reader that leaves; its own body is void from then on.
    ///
    /// The watch has to see the end of a body, or it stops the program: a body that was read before has none left, and
    /// an answer that is quicker than the watch would end it before its first look.
    var watched: Request {
        var request = self
        request.body = RequestBody(buffer: ByteBuffer())
        return request
    }
}
