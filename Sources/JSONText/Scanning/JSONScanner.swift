/// Checks JSON text before anything decodes it, and finds the parts of its outermost value.
///
/// One pass, no recursion; a scanner that is used again allocates nothing. Accepted is what RFC 8259 allows in UTF-8, less
/// what decoders disagree about: more than ``maximumDepth`` levels, a member name that occurs twice in an object (names
/// are compared after their escapes are resolved), lone surrogates, integers outside ±(2⁵³−1), numbers beyond a double.
///
/// The scan alternates between two places: "a value must follow" and "a value has ended". What is open is one bit a
/// level (object or array); the names of all open objects lie on one stack, each level remembers where its own begin.
package struct JSONScanner: Sendable {
    /// How many arrays and objects may be open at once.
    package static let maximumDepth = 64
    /// The largest integer every JSON implementation holds exactly (RFC 8259 §6).
    package static let maximumInteger: Int64 = 9_007_199_254_740_991

    /// What a value is, as its first byte tells.
    package enum Kind: UInt8, Sendable {
        case object, array, string, number, bool, null
    }

    /// A member of the outermost object, or an element of the outermost array.
    package struct Item: Sendable {
        /// The bytes between the quotes of the name; empty for an element.
        package var name: Range<Int>
        /// Whether the name contains escapes.
        package var nameIsEscaped: Bool
        package var value: Range<Int>
        package var kind: Kind
    }

    /// The parts of the outermost value, in their order, as of the last scan; after a failed one those before the failure.
    package private(set) var items: [Item] = []

    var keys = KeyStack()

    package init() {}

    /// Scans `text`, which must be one JSON value with optional white space around it.
    ///
    /// - Returns: what the value is, and the range of its bytes.
    @discardableResult
    package mutating func scan(
        _ text: UnsafeBufferPointer<UInt8>
    ) throws(JSONScanError) -> (kind: Kind, range: Range<Int>) {
        items.removeAll(keepingCapacity: items.capacity <= 1024)
        keys.removeAll()
        var at = 0
        var depth = 0
        var objects: UInt64 = 0
        var root = (kind: Kind.null, start: 0)
        var open = Item(name: 0..<0, nameIsEscaped: false, value: 0..<0, kind: .null)

        values: while true {
            // A value must follow.
            let byte = try Self.next(text, &at)
            let start = at
            let kind: Kind
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw JSONScanError(.tooDeep, at: at) }
                let isObject = byte == UInt8(ascii: "{")
                kind = isObject ? .object : .array
                at += 1
                if depth == 0 { root = (kind, start) }
                if depth == 1 {
                    open.value = start..<start
                    open.kind = kind
                }
                let first = try Self.next(text, &at)
                if first == byte + 2 {  // `}` and `]` stand two after their opening brackets
                    at += 1
                    break
                }
                depth += 1
                if isObject {
                    objects |= 1 << UInt64(depth - 1)
                    keys.beginObject(at: depth)
                    let name = try key(text, &at)
                    if depth == 1 { (open.name, open.nameIsEscaped) = name }
                } else {
                    objects &= ~(1 << UInt64(depth - 1))
                }
                continue values
            case UInt8(ascii: "\""):
                kind = .string
                _ = try Self.string(text, &at)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                kind = .number
                try Self.number(text, &at)
            case UInt8(ascii: "t"):
                kind = .bool
                try Self.word("true", text, &at)
            case UInt8(ascii: "f"):
                kind = .bool
                try Self.word("false", text, &at)
            case UInt8(ascii: "n"):
                kind = .null
                try Self.word("null", text, &at)
            default:
                throw JSONScanError(.unexpectedByte(byte), at: at)
            }
            if depth == 0 { root = (kind, start) }
            if depth == 1 {
                open.value = start..<start
                open.kind = kind
            }

            // A value has ended.
            while true {
                if depth == 0 {
                    let end = at
                    Self.skipSpace(text, &at)
                    guard at == text.count else { throw JSONScanError(.trailingBytes, at: at) }
                    return (root.kind, root.start..<end)
                }
                if depth == 1 {
                    open.value = open.value.lowerBound..<at
                    items.append(open)
                }
                let byte = try Self.next(text, &at)
                let isObject = objects >> UInt64(depth - 1) & 1 == 1
                if byte == UInt8(ascii: ",") {
                    at += 1
                    if isObject {
                        _ = try Self.next(text, &at)
                        let name = try key(text, &at)
                        if depth == 1 { (open.name, open.nameIsEscaped) = name }
                    }
                    continue values
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONScanError(.unexpectedByte(byte), at: at)
                }
                at += 1
                if isObject { try keys.endObject(in: text) }
                depth -= 1
            }
        }
    }

    /// A member name and the colon after it.
    private mutating func key(
        _ text: UnsafeBufferPointer<UInt8>,
        _ at: inout Int
    ) throws(JSONScanError) -> (Range<Int>, Bool) {
        guard text[at] == UInt8(ascii: "\"") else { throw JSONScanError(.unexpectedByte(text[at]), at: at) }
        let start = at + 1
        let isEscaped = try Self.string(text, &at)
        let name = start..<(at - 1)
        try keys.add(name, isEscaped: isEscaped, in: text)
        let colon = try Self.next(text, &at)
        guard colon == UInt8(ascii: ":") else { throw JSONScanError(.unexpectedByte(colon), at: at) }
        at += 1
        return (name, isEscaped)
    }
}

extension JSONScanner {
    /// Scans bytes that need not lie in one piece, for callers that do not keep a scanner.
    package static func check(_ bytes: some Collection<UInt8>) throws(JSONScanError) {
        try withContiguousBytes(bytes) { text throws(JSONScanError) in
            var scanner = JSONScanner()
            try scanner.scan(text)
        }
    }
}

/// Calls `body` with `bytes` in one piece, copied only when they do not lie so already.
func withContiguousBytes<Value>(
    _ bytes: some Collection<UInt8>,
    _ body: (UnsafeBufferPointer<UInt8>) throws(JSONScanError) -> Value
) throws(JSONScanError) -> Value {
    let attempt = { (text: UnsafeBufferPointer<UInt8>) -> Result<Value, JSONScanError> in
        do throws(JSONScanError) {
            return .success(try body(text))
        } catch {
            return .failure(error)
        }
    }
    if let result = bytes.withContiguousStorageIfAvailable(attempt) { return try result.get() }
    return try Array(bytes).withUnsafeBufferPointer(attempt).get()
}
