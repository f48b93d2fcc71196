import NIOCore

/// Finished messages that are not handed to the channel yet.
///
/// Small messages share a block, which becomes one write; large blocks are handed over in pieces, so that progress
/// can be seen.
struct Outbox: Sendable {
    private struct Block {
        var bytes: ByteBuffer
        var messages: Int
    }

    private static let blockSize = 64 << 10

    private var blocks = CircularBuffer<Block>()
    private(set) var byteCount = 0
    private(set) var messageCount = 0

    var isEmpty: Bool { byteCount == 0 }

    mutating func append(messages: Int = 1, _ write: (inout ByteBuffer) -> Void) {
        if var last = blocks.last, last.bytes.readableBytes < Self.blockSize {
            blocks.removeLast()
            let before = last.bytes.readableBytes
            write(&last.bytes)
            last.messages += messages
            byteCount += last.bytes.readableBytes - before
            blocks.append(last)
        } else {
            var bytes = ByteBuffer()
            write(&bytes)
            byteCount += bytes.readableBytes
            blocks.append(Block(bytes: bytes, messages: messages))
        }
        messageCount += messages
    }

    /// Takes the next piece to be written.
    mutating func next() -> ByteBuffer? {
        guard var block = blocks.popFirst() else { return nil }
        let length = min(block.bytes.readableBytes, Self.blockSize)
        guard let piece = block.bytes.readSlice(length: length) else { return nil }
        byteCount -= length
        if block.bytes.readableBytes > 0 {
            blocks.prepend(block)
        } else {
            messageCount -= block.messages
        }
        return piece
    }

    mutating func removeAll() {
        blocks.removeAll()
        byteCount = 0
        messageCount = 0
    }
}
