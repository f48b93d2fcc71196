/// Cuts a stream of bytes, however it arrives, into pieces that split no UTF-8 character (RFC 3629 §3).
package struct CharacterCutter: Sendable {
    /// A piece; `isText` tells whether all of it is UTF-8.
    package struct Piece: Sendable, Equatable {
        package var bytes: [UInt8]
        package var isText: Bool

        init(_ bytes: ArraySlice<UInt8>) {
            self.bytes = Array(bytes)
            isText = String(validating: bytes, as: UTF8.self) != nil
        }
    }

    /// The most bytes of a piece; at least 4.
    package let limit: Int
    private var pending: [UInt8] = []
    private var start = 0

    package init(limit: Int) { self.limit = max(4, limit) }

    /// How many bytes wait: for the rest of their character, or to be taken.
    package var count: Int { pending.count - start }

    package mutating func append(_ bytes: [UInt8]) {
        pending.removeFirst(start)
        start = 0
        pending += bytes
    }

    /// The next piece that is complete.
    package mutating func next() -> Piece? {
        let window = pending[start...].prefix(limit)
        let piece = window.dropLast(Self.unfinished(window))
        guard !piece.isEmpty else { return nil }
        start = piece.endIndex
        return Piece(piece)
    }

    /// What is left, though it ends in the middle of a character.
    package mutating func flush() -> Piece? {
        guard count > 0 else { return nil }
        defer { (pending, start) = ([], 0) }
        return Piece(pending[start...])
    }

    /// How many bytes at the end begin a character without finishing it.
    private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for (distance, byte) in bytes.suffix(3).reversed().enumerated() {
            let length: Int
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF: length = 3
            case 0xF0...0xF4: length = 4
            default: return 0
            }
            return distance + 1 < length ? distance + 1 : 0
        }
        return 0
    }
}
