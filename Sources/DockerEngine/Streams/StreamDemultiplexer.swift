package import NIOCore

/// Output of a container or of a program in one.
package struct OutputChunk: Sendable, Equatable {
    package enum Source: UInt8, Sendable {
        case output = 1
        case errors = 2
    }

    package var source: Source
    package var bytes: ByteBuffer

    package init(source: Source, bytes: ByteBuffer) {
        self.source = source
        self.bytes = bytes
    }
}

/// Takes the engine's frames for output without a terminal apart: one byte for the stream, three zeros, four for the
/// length, big-endian, then the bytes (Engine API v1.41, ContainerAttach).
///
/// A frame's bytes are passed on as they come, so that its length never decides how much is kept.
package struct StreamDemultiplexer: Sendable {
    private var pending = ByteBuffer()
    /// What the present frame still has to bring.
    private var frame: (source: OutputChunk.Source, left: Int)?

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            var bytes = bytes
            pending.writeBuffer(&bytes)
        }
    }

    /// Whether the bytes so far end with a whole frame.
    package var isBetweenFrames: Bool { frame == nil && pending.readableBytes == 0 }

    /// The next piece of output; `nil` when more bytes are needed.
    ///
    /// - Throws: ``DockerError/invalidAnswer(_:)`` for what is no frame.
    package mutating func next() throws(DockerError) -> OutputChunk? {
        while true {
            if let (source, left) = frame {
                if left == 0 {
                    frame = nil
                    continue
                }
                guard let bytes = pending.readSlice(length: min(left, pending.readableBytes)), bytes.readableBytes > 0
                else { return nil }
                frame = (source, left - bytes.readableBytes)
                if frame?.left == 0 { frame = nil }
                return OutputChunk(source: source, bytes: bytes)
            }
            guard pending.readableBytes >= 8, let word = pending.readInteger(as: UInt32.self),
                let length = pending.readInteger(as: UInt32.self)
            else { return nil }
            // 3 is an error of the engine's own, in the middle of the stream.
            switch word {
            case 0, 0x0100_0000: frame = (.output, Int(length))
            case 0x0200_0000, 0x0300_0000: frame = (.errors, Int(length))
            default: throw .invalidAnswer("a frame of output that begins with \(String(word, radix: 16))")
            }
        }
    }
}
