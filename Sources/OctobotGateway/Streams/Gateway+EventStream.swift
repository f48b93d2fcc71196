import HTTPTypes
import HummingbirdCore
import NIOCore
import OctobotServices

extension Gateway {
    /// What a stream does with one element of the log.
    enum StreamStep: Sendable {
        case write(ByteBuffer)
        case skip
        case end(ByteBuffer?)
    }

    /// An answer that writes a log as an event stream until the log ends, the client goes, or the daemon stops.
    ///
    /// The next entry is read only after the one before is taken: a slow client costs its position and no memory.
    func stream(
        _ page: Page,
        first: [ByteBuffer] = [],
        fields: HTTPFields = HTTPFields(),
        _ reader: LogReader,
        _ step: @escaping @Sendable (LogElement) -> StreamStep
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .connection: "keep-alive",
            .accelBuffering: "no",
        ]
        for field in fields { headers[field.name] = field.value }
        let (request, channel, registry) = (page.request, page.channel, registry)
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                registry.insert(channel)
                defer { registry.remove(channel) }
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        for frame in first { try await writer.write(frame) }
                        reading: while let element = try await reader.next() {
                            switch step(element) {
                            case .write(let frame): try await writer.write(frame)
                            case .skip: continue
                            case .end(let frame):
                                if let frame { try await writer.write(frame) }
                                break reading
                            }
                        }
                        try await writer.finish(nil)
                    }
                } catch is CancellationError {
                    try await writer.finish(nil)
                }
            }
        )
    }
}
