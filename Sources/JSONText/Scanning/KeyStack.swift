/// The member names of all objects that are open, to find names that occur twice.
///
/// Names are compared by length and first eight bytes, then wholly. The first sixteen of an object are compared as they
/// come; a larger object is sorted when it ends, so that no input makes the work quadratic.
struct KeyStack: Sendable {
    private struct Key {
        /// Where the name's bytes are: in the text, or in `resolved` when `isResolved`.
        var start: Int
        var length: Int
        var prefix: UInt64
        /// Where the name stands in the text.
        var offset: Int
        var isResolved: Bool
    }

    private static let direct = 16
    private static let kept = 1024

    private var keys: [Key] = []
    private var bases: [Int] = []
    /// Names without their escapes.
    private var resolved: [UInt8] = []

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: keys.capacity <= Self.kept)
        resolved.removeAll(keepingCapacity: resolved.capacity <= Self.kept)
        bases.removeAll(keepingCapacity: true)
    }

    mutating func beginObject(at depth: Int) { bases.append(keys.count) }

    mutating func add(
        _ name: Range<Int>,
        isEscaped: Bool,
        in text: UnsafeBufferPointer<UInt8>
    ) throws(JSONScanError) {
        var key = Key(
            start: name.lowerBound,
            length: name.count,
            prefix: 0,
            offset: name.lowerBound - 1,
            isResolved: isEscaped
        )
        if isEscaped {
            key.start = resolved.count
            JSONStringReader.resolve(UnsafeBufferPointer(rebasing: text[name]), into: &resolved)
            key.length = resolved.count - key.start
        }
        key.prefix = prefix(of: key, in: text)
        let base = bases[bases.count - 1]
        if keys.count - base < Self.direct {
            for index in base..<keys.count where isEqual(keys[index], key, in: text) {
                throw JSONScanError(.duplicateKey, at: key.offset)
            }
        }
        keys.append(key)
    }

    mutating func endObject(in text: UnsafeBufferPointer<UInt8>) throws(JSONScanError) {
        let base = bases.removeLast()
        defer { keys.removeSubrange(base...) }
        guard keys.count - base > Self.direct else { return }
        let sorted = keys[base...].sorted { isBefore($0, $1, in: text) }
        for index in sorted.indices.dropFirst() where isEqual(sorted[index - 1], sorted[index], in: text) {
            throw JSONScanError(.duplicateKey, at: max(sorted[index - 1].offset, sorted[index].offset))
        }
    }

    private func prefix(of key: Key, in text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var prefix: UInt64 = 0
        for index in 0..<min(8, key.length) { prefix = prefix << 8 | UInt64(byte(index, of: key, in: text)) }
        return prefix
    }

    @inline(__always)
    private func byte(_ index: Int, of key: Key, in text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        key.isResolved ? resolved[key.start + index] : text[key.start + index]
    }

    @inline(__always)
    private func isEqual(_ one: Key, _ other: Key, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.length == other.length, one.prefix == other.prefix else { return false }
        return one.length <= 8 || firstDifference(one, other, in: text) == nil
    }

    private func isBefore(_ one: Key, _ other: Key, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        if one.length != other.length { return one.length < other.length }
        if one.prefix != other.prefix { return one.prefix < other.prefix }
        guard let index = firstDifference(one, other, in: text) else { return false }
        return byte(index, of: one, in: text) < byte(index, of: other, in: text)
    }

    /// Where two names of the same length and first eight bytes differ.
    private func firstDifference(_ one: Key, _ other: Key, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 8
        while index < one.length {
            if byte(index, of: one, in: text) != byte(index, of: other, in: text) { return index }
            index += 1
        }
        return nil
    }
}
