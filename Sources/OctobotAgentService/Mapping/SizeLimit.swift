import JSONText

/// Cuts what a tool takes or gives down to what one chunk may hold; without it a chunk beyond `AgentLimit.event` would end
/// the turn.
///
/// Only texts are cut: the longest ones, all to the same length, in their middle, because how an output begins and how it
/// ends say most. Each says how much is missing.
struct SizeLimit: Sendable {
    /// The most bytes of the JSON text.
    var bytes: Int

    /// What a mark may take beside the text it stands in.
    private static let markSize = 64

    func cut(_ value: JSONValue) -> JSONValue {
        var texts: [Int] = []
        let size = Self.measure(value, into: &texts)
        guard size > bytes, value.serialized().count > bytes else { return value }
        guard let length = length(of: texts, besides: size - texts.reduce(0, +)) else {
            // Too many small things: shown as the text they are, whose escapes may double it.
            return .string(cut(String(decoding: value.serialized(), as: UTF8.self)))
        }
        return Self.cut(value, to: length)
    }

    func cut(_ text: String) -> String {
        Self.size(of: text) <= bytes ? text : Self.cut(text, to: bytes - Self.markSize)
    }

    /// The length to cut longer texts to, so that all is within the limit; `nil` when no length is small enough.
    private func length(of texts: [Int], besides rest: Int) -> Int? {
        var (fitting, tooLong) = (0, bytes)
        while tooLong - fitting > 1 {
            let middle = (fitting + tooLong) / 2
            let size = texts.reduce(rest) { $0 + ($1 > middle ? middle + Self.markSize : $1) }
            if size <= bytes { fitting = middle } else { tooLong = middle }
        }
        return fitting > Self.markSize ? fitting : nil
    }

    private static func cut(_ value: JSONValue, to length: Int) -> JSONValue {
        switch value {
        case .string(let text): size(of: text) > length ? .string(cut(text, to: length)) : value
        case .array(let elements): .array(elements.map { cut($0, to: length) })
        case .object(let members): .object(members.mapValues { cut($0, to: length) })
        case .null, .bool, .integer, .number: value
        }
    }

    /// The beginning and the end of a text that is longer than `length`, and between them how many bytes are missing.
    private static func cut(_ text: String, to length: Int) -> String {
        let scalars = text.unicodeScalars
        let head = end(of: scalars, within: length / 2)
        let tail = end(of: scalars.reversed(), within: length / 2).base
        let missing = text.utf8.distance(from: head, to: max(head, tail))
        return "\(text[..<head])\n[… \(missing) bytes cut …]\n\(text[max(head, tail)...])"
    }

    private static func end<Scalars: Collection<Unicode.Scalar>>(
        of scalars: Scalars,
        within length: Int
    ) -> Scalars.Index {
        var index = scalars.startIndex
        var left = length
        while index < scalars.endIndex {
            left -= size(of: scalars[index])
            guard left >= 0 else { break }
            index = scalars.index(after: index)
        }
        return index
    }

    /// About the bytes of a value as JSON text, never too few; the sizes of its texts are also put into `texts`.
    private static func measure(_ value: JSONValue, into texts: inout [Int]) -> Int {
        switch value {
        case .null, .bool: return 6
        case .integer, .number: return 26
        case .string(let text):
            let size = size(of: text)
            texts.append(size)
            return size + 3
        case .array(let elements):
            return elements.reduce(3) { $0 + measure($1, into: &texts) }
        case .object(let members):
            return members.reduce(3) { $0 + size(of: $1.key) + 4 + measure($1.value, into: &texts) }
        }
    }

    private static func size(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 == 0x22 || $1 == 0x5C ? 2 : 1) }
    }

    private static func size(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20: 6
        case 0x22, 0x5C: 2
        case 0x20..<0x80: 1
        case 0x80..<0x800: 2
        case 0x800..<0x10000: 3
        default: 4
        }
    }
}
