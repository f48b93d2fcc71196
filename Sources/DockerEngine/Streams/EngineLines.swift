import NIOCore

/// A body's lines, without their ends; empty ones are left out.
struct EngineLines: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = DockerError

    let bytes: EngineBytes
    /// The longest line accepted.
    var maximum = 1 << 20

    func makeAsyncIterator() -> Iterator {
        Iterator(bytes: bytes.makeAsyncIterator(), maximum: maximum)
    }

    struct Iterator: AsyncIteratorProtocol {
        var bytes: EngineBytes.Iterator
        let maximum: Int
        private var pending = ByteBuffer()
        /// How many bytes of ``pending`` are known to hold no line feed.
        private var searched = 0
        private var isAtEnd = false

        init(bytes: EngineBytes.Iterator, maximum: Int) {
            self.bytes = bytes
            self.maximum = maximum
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(DockerError) -> ByteBuffer?
        {
            while true {
                if let line = takeLine() {
                    if line.readableBytes > 0 { return line }
                    continue
                }
                guard pending.readableBytes <= maximum else {
                    throw .invalidAnswer("a line of more than \(maximum) bytes")
                }
                if isAtEnd { return nil }
                guard var more = try await bytes.next(isolation: actor) else {
                    isAtEnd = true
                    pending.writeInteger(UInt8(ascii: "\n"))
                    continue
                }
                pending.discardReadBytes()
                pending.writeBuffer(&more)
            }
        }

        private mutating func takeLine() -> ByteBuffer? {
            let view = pending.readableBytesView
            guard let end = view.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) else {
                searched = view.count
                return nil
            }
            var line = pending.readSlice(length: end - view.startIndex)
            pending.moveReaderIndex(forwardBy: 1)
            searched = 0
            if line?.readableBytesView.last == UInt8(ascii: "\r"), let cut = line {
                line = cut.getSlice(at: cut.readerIndex, length: cut.readableBytes - 1)
            }
            return line
        }
    }
}
