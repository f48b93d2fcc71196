import HTTPTypes
import HummingbirdCore
import NIOCore
import SandboxAgentAPI

/// Where the bytes of a streamed answer come from, for one reader.
protocol RecordSource {
    /// The bytes of one or more records; `nil` after the last, once stopped, or when the task is cancelled.
    func next() async throws -> [UInt8]?
    /// Called once, after the last or when the reader is gone.
    func close()
    /// Ends a ``next()`` that waits, and those to come; from any task, also after ``close()``.
    var stop: @Sendable () -> Void { get }
}

extension ResponseBody {
    /// A body written as fast as it is taken, which ends when the connection does.
    ///
    /// A reader that went away is noticed while the source is quiet, too (``StreamEndHandler``).
    ///
    /// - Parameter open: called when the answer begins.
    static func source(
        _ connection: (any Channel)?,
        _ open: @escaping @Sendable () -> any RecordSource
    ) -> ResponseBody {
        ResponseBody { writer in
            let source = open()
            defer { source.close() }
            connection?.closeFuture.whenComplete { [stop = source.stop] _ in stop() }
            while let bytes = try await source.next() {
                try await writer.write(ByteBuffer(bytes: bytes))
                // Only once the loop has seen it, it is known whether the connection takes more.
                try await connection?.eventLoop.submit {}.get()
            }
            try await writer.finish(nil)
        }
    }
}

extension Response {
    /// An answer of records; the source is closed when the reader goes away.
    static func records(
        on connection: (any Channel)?,
        _ open: @escaping @Sendable () -> any RecordSource
    ) -> Response {
        // What watches for the reader's leaving lasts as long as the connection, so it is not offered for another request.
        Response(
            status: .ok,
            headers: [.contentType: OutputRecord.contentType, .cacheControl: "no-cache", .connection: "close"],
            body: .source(connection, open)
        )
    }

    /// An answer of events, likewise.
    static func events(
        on connection: (any Channel)?,
        _ fields: HTTPFields = [:],
        _ open: @escaping @Sendable () -> any RecordSource
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .connection: "close",
        ]
        headers[HTTPField.Name("x-accel-buffering") ?? .via] = "no"
        for field in fields { headers[field.name] = field.value }
        return Response(status: .ok, headers: headers, body: .source(connection, open))
    }
}
