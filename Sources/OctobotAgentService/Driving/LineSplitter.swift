import Glibc
import JSONText

/// Finds the JSON objects in what a program writes, one a line.
///
/// Programs print banners between them, cut them off when they crash, and now and then put two on a line: what is an object
/// is found all the same.
struct LineSplitter: Sendable {
    enum Piece: Sendable, Equatable {
        case message(JSONValue)
        /// The beginning of what is no object.
        case noise(String)
    }

    /// The longest line that is kept.
    var limit = 64 << 20
    private var partial: [UInt8] = []
    private var isTooLong = false

    init() {}

    /// What has become whole with these bytes.
    mutating func take(_ bytes: some Collection<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(bytes)[...]
        while let end = Self.lineEnd(of: rest) {
            append(rest[..<end])
            pieces += finishLine()
            rest = rest[(end + 1)...]
        }
        append(rest)
        return pieces
    }

    /// Lines may have many megabytes, so the search is the C library's.
    private static func lineEnd(of bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress, let found = memchr(base, 0x0A, raw.count) else { return nil }
            return bytes.startIndex + (UnsafeRawPointer(found) - base)
        }
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard !isTooLong else { return }
        partial.append(contentsOf: bytes)
        isTooLong = partial.count > limit
    }

    private mutating func finishLine() -> [Piece] {
        defer {
            partial.removeAll(keepingCapacity: partial.capacity <= 1 << 20)
            isTooLong = false
        }
        if isTooLong { return [Self.noise(partial[...])] }
        if Self.isBlank(partial[...]) { return [] }
        if let message = Self.object(partial[...]) { return [.message(message)] }
        return Self.split(partial)
    }

    private static func object(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            do { value = try JSONValue(parsing: JSONMending.mend(bytes)) } catch { return Optional.none }
        }
        guard value.objectValue != nil else { return Optional.none }
        return value
    }

    private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    private static func noise(_ bytes: ArraySlice<UInt8>) -> Piece {
        .noise(String(decoding: bytes.prefix(8 << 10), as: UTF8.self))
    }

    /// The objects of a line that is not one, each from its brace to the one that closes it.
    private static func split(_ line: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var rest = line[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "{")) {
            guard let end = end(of: rest[start...]), let message = object(rest[start..<end]) else {
                pieces.append(noise(rest))
                return pieces
            }
            if !isBlank(rest[..<start]) { pieces.append(noise(rest[..<start])) }
            pieces.append(.message(message))
            rest = rest[end...]
        }
        if !isBlank(rest) { pieces.append(noise(rest)) }
        return pieces
    }

    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        var depth = 0
        var isInText = false
        var isEscaped = false
        for (index, byte) in zip(bytes.indices, bytes) {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }
}
