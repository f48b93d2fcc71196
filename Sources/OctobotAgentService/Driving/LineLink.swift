import JSONText
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// JSON texts over two descriptors, one a line, for programs whose protocol is not JSON-RPC.
///
/// What was sent before ``run(_:)`` has opened the descriptors waits for it.
final class LineLink: Sendable {
    private let input: CInt
    private let output: CInt
    private let onNoise: @Sendable (String) -> Void
    private let logger: Logger
    private let lines: AsyncStream<[UInt8]>
    private let line: AsyncStream<[UInt8]>.Continuation
    private let isClosed = Mutex(false)

    /// - Parameters:
    ///   - input: the descriptor messages are read from.
    ///   - output: the descriptor messages are written to.
    ///   - onNoise: told about the beginning of what is no JSON object.
    init(input: CInt, output: CInt, logger: Logger, onNoise: @escaping @Sendable (String) -> Void) {
        self.input = input
        self.output = output
        self.logger = logger
        self.onNoise = onNoise
        (lines, line) = AsyncStream.makeStream()
    }

    /// Reads and writes until the other side closes, or the link is closed.
    ///
    /// - Parameter onMessage: Takes the objects one after the other; while it works nothing more is read, which holds the
    ///   program back.
    func run(_ onMessage: @escaping @Sendable (JSONValue) async -> Void) async {
        do {
            let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .takingOwnershipOfDescriptors(input: input, output: output) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: false)
                        )
                    }
                }
            try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { [lines] in
                        for await line in lines { try await outbound.write(ByteBuffer(bytes: line)) }
                    }
                    group.addTask { [onNoise] in
                        var splitter = LineSplitter()
                        for try await buffer in inbound {
                            for piece in splitter.take(buffer.readableBytesView) {
                                switch piece {
                                case .message(let message): await onMessage(message)
                                case .noise(let text): onNoise(text)
                                }
                            }
                        }
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        } catch {
            logger.debug("the pipe to the agent broke", metadata: ["error": "\(error)"])
        }
        close()
    }

    /// Sends a message; false when the link is closed.
    @discardableResult
    func send(_ message: JSONValue) -> Bool {
        guard !isClosed.withLock({ $0 }) else { return false }
        if case .terminated = line.yield(message.serialized() + [0x0A]) { return false }
        return true
    }

    /// Closes our side after what was sent; ``run(_:)`` then returns.
    func close() {
        isClosed.withLock { $0 = true }
        line.finish()
    }
}
