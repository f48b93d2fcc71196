/// What can still be told of a message that could not be read: the text may be cut off, or wrong anywhere.
///
/// The members of the outermost object are looked for by brackets, quotes and colons alone.
package struct MessageRemains: Sendable {
    /// The text of the id; the first when there are several.
    package private(set) var id: Range<Int>?
    private var names: Set<String> = []

    /// Whether it asks for something.
    package var isCall: Bool { names.contains("method") || names.contains("params") }

    package init(of text: UnsafeBufferPointer<UInt8>) {
        var depth = 0
        var at = 0
        var word = 0..<0
        var isAfterID = false
        while at < text.count {
            let start = at
            switch text[at] {
            case UInt8(ascii: "\""):
                at = Self.endOfString(text, at)
                guard depth == 1, at < text.count else { break }
                if isAfterID { found(start..<at + 1) }
                word = start + 1..<at
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1:
                let name = String(decoding: text[word].prefix(16), as: UTF8.self)
                names.insert(name)
                isAfterID = name == "id"
            case UInt8(ascii: ",") where depth == 1: isAfterID = false
            case UInt8(ascii: "-"),
                UInt8(ascii: "0")...UInt8(ascii: "9") where isAfterID && depth == 1:
                while at + 1 < text.count, text[at + 1] &- UInt8(ascii: "0") < 10 { at += 1 }
                // What ends with the text may have been cut.
                if at + 1 < text.count { found(start..<at + 1) }
            default: break
            }
            at += 1
        }
    }

    private mutating func found(_ place: Range<Int>) {
        if id == nil { id = place }
    }

    /// The index of the quote that ends a string, or the end of the text.
    private static func endOfString(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var at = start + 1
        while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at, text.count)
    }
}
