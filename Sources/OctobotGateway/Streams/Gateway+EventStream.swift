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
        let (client, registry) = (page.client, registry)
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                registry.insert(client.channel)
                defer { registry.remove(client.channel) }
                for frame in first { try await writer.write(frame) }
                let frames = Handoff<ByteBuffer>()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { frames.end() }
                        try await Self.read(reader, into: frames, step)
                    }
                    group.addTask {
                        await client.departure.wait()
                        frames.end()
                    }
                    defer { group.cancelAll() }
                    while let frame = await frames.take() { try await writer.write(frame) }
                    // A log that failed breaks the answer off: the client must not take it for complete.
                    try await group.next()
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func read(
        _ reader: LogReader,
        into frames: Handoff<ByteBuffer>,
        _ step: @Sendable (LogElement) -> StreamStep
    ) async throws {
        while let element = try await reader.next() {
            switch step(element) {
            case .write(let frame):
                guard await frames.give(frame) else { return }
            case .skip: continue
            case .end(let frame):
                if let frame { _ = await frames.give(frame) }
                return
            }
        }
    }
}
