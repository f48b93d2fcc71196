import Glibc
package import NIOCore

/// What a program prints, with backpressure; for one reader.
package struct ExecOutput: AsyncSequence, Sendable {
    package typealias Element = OutputChunk
    package typealias Failure = DockerError

    private let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    private let hasTerminal: Bool
    private let socket: String

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, hasTerminal: Bool, socket: String) {
        self.inbound = inbound
        self.hasTerminal = hasTerminal
        self.socket = socket
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(inbound: inbound.makeAsyncIterator(), hasTerminal: hasTerminal, socket: socket)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        fileprivate let hasTerminal: Bool
        fileprivate let socket: String
        private var frames = StreamDemultiplexer()

        fileprivate init(
            inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            hasTerminal: Bool,
            socket: String
        ) {
            self.inbound = inbound
            self.hasTerminal = hasTerminal
            self.socket = socket
        }

        /// The next piece; a terminal has one stream only, which counts as output.
        ///
        /// The end of the stream does not tell the end of the program from that of the engine: look at the program's state.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(DockerError) -> OutputChunk? {
            while true {
                if let chunk = try frames.next() { return chunk }
                let bytes: ByteBuffer?
                do {
                    bytes = try await inbound.next(isolation: actor)
                } catch let error as IOError where error.errnoCode == ECONNRESET && frames.isBetweenFrames {
                    // So the engine ends a stream on which input came that its program has not read.
                    return nil
                } catch {
                    throw DockerError(error, socket: socket)
                }
                guard let bytes else {
                    if Task.isCancelled { throw .cancelled }
                    guard frames.isBetweenFrames else {
                        throw .engineUnreachable("it went away in the middle of output")
                    }
                    return nil
                }
                if hasTerminal { return OutputChunk(source: .output, bytes: bytes) }
                frames.append(bytes)
            }
        }
    }
}

/// What is typed into a program.
package struct ExecInput: Sendable {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let socket: String

    init(_ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, socket: String) {
        self.outbound = outbound
        self.socket = socket
    }

    /// Returns once the engine has room for more.
    package func write(_ bytes: ByteBuffer) async throws(DockerError) {
        do {
            try await outbound.write(bytes)
        } catch {
            throw DockerError(error, socket: socket)
        }
    }

    /// Ends the program's input; its output goes on.
    package func finish() {
        outbound.finish()
    }
}
