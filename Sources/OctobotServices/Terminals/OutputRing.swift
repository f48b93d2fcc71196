/// The last bytes of a stream, by their position in it.
struct OutputRing: Sendable {
    private let limit: Int
    /// Grows up to the limit; then the byte of position *p* stands at `p % limit`.
    private var storage: [UInt8] = []
    /// How many bytes there have been.
    private(set) var end: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    /// The first byte that is kept.
    var oldest: UInt64 { end - UInt64(storage.count) }

    mutating func append(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if storage.count < limit {
            let fresh = rest.prefix(limit - storage.count)
            storage += fresh
            end += UInt64(fresh.count)
            rest = rest.dropFirst(fresh.count)
        }
        if rest.count > limit {
            end += UInt64(rest.count - limit)
            rest = rest.suffix(limit)
        }
        while !rest.isEmpty {
            let place = Int(end % UInt64(limit))
            let run = rest.prefix(limit - place)
            storage.replaceSubrange(place..<(place + run.count), with: run)
            end += UInt64(run.count)
            rest = rest.dropFirst(run.count)
        }
    }

    /// At most `most` bytes from a position that is kept.
    func bytes(from position: UInt64, most: Int) -> [UInt8] {
        guard position >= oldest, position < end else { return [] }
        guard end > UInt64(limit) else { return Array(storage[Int(position)...].prefix(most)) }
        let place = Int(position % UInt64(limit))
        let count = min(most, Int(end - position))
        let run = storage[place..<min(limit, place + count)]
        return Array(run) + storage[..<(count - run.count)]
    }
}
