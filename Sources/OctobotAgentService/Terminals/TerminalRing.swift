/// The last bytes of a stream, by their position in it; memory is taken as they come and never more than the capacity.
struct TerminalRing {
    private static let chunk = 64 << 10

    /// A multiple of the chunk.
    let capacity: Int
    /// Position `p` is kept in chunk `p / chunk`, modulo their number.
    private var chunks: [[UInt8]] = []
    /// How many bytes there have been.
    private(set) var end: UInt64 = 0

    /// - Parameter capacity: rounded up to whole chunks of 64 KiB.
    init(capacity: Int) {
        self.capacity = max(1, (capacity + Self.chunk - 1) / Self.chunk) * Self.chunk
    }

    /// The first position that is still kept.
    var oldest: UInt64 { end > UInt64(capacity) ? end - UInt64(capacity) : 0 }

    mutating func append(_ bytes: some RandomAccessCollection<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let place = Int(end % UInt64(capacity))
            let (index, offset) = place.quotientAndRemainder(dividingBy: Self.chunk)
            if index == chunks.count { chunks.append([UInt8](repeating: 0, count: Self.chunk)) }
            let part = rest.prefix(Self.chunk - offset)
            chunks[index].replaceSubrange(offset..<(offset + part.count), with: part)
            end += UInt64(part.count)
            rest = rest.dropFirst(part.count)
        }
    }

    /// The bytes from `position` on, at most `limit`; `position` lies between `oldest` and `end`.
    func bytes(from position: UInt64, limit: Int) -> [UInt8] {
        var result: [UInt8] = []
        let count = min(limit, Int(end - position))
        result.reserveCapacity(count)
        while result.count < count {
            let place = Int((position + UInt64(result.count)) % UInt64(capacity))
            let (index, offset) = place.quotientAndRemainder(dividingBy: Self.chunk)
            let length = min(count - result.count, Self.chunk - offset)
            result += chunks[index][offset..<(offset + length)]
        }
        return result
    }
}
