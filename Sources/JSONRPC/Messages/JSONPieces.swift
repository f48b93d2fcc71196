/// Finds the objects of a line that holds several, as programs write them that forget the end of a line.
package enum JSONPieces {
    /// Where they stand, in order; empty when there are fewer than two, or anything but space between them.
    package static func objects(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var depth = 0
        var start = 0
        var at = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                guard depth > 0 else { return [] }
                at += 1
                while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 {
                    guard text[at] == UInt8(ascii: "{") else { return [] }
                    start = at
                }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth >= 0 else { return [] }
                if depth == 0 { places.append(start..<at + 1) }
            case 0x20, 0x09, 0x0A, 0x0D: break
            default: guard depth > 0 else { return [] }
            }
            at += 1
        }
        return depth == 0 && places.count > 1 ? places : []
    }
}
