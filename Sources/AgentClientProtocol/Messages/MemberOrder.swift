import JSONText

/// The order of an object's members in JSON text, which ``JSONText/JSONValue`` does not keep.
///
/// Walks text that a scanner has accepted; on anything else it stops early.
package struct MemberOrder {
    private let bytes: [UInt8]
    private var index = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The keys of the object at `path`, in the order they are written; empty when there is none.
    package static func keys(at path: [String], in bytes: [UInt8]) -> [String] {
        var walk = MemberOrder(bytes)
        for key in path {
            guard walk.enter(key) else { return [] }
        }
        var keys: [String] = []
        walk.eachMember { key, _ in
            keys.append(key)
            return true
        }
        return keys
    }

    /// Moves to the value of the member `wanted` of the object that starts here.
    private mutating func enter(_ wanted: String) -> Bool {
        var found = false
        eachMember { key, _ in
            found = key == wanted
            return !found
        }
        return found
    }

    /// Visits the members of the object that starts here; stops before a value for which `visit` says no.
    private mutating func eachMember(_ visit: (String, Int) -> Bool) {
        skipSpace()
        guard take("{") else { return }
        skipSpace()
        while index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            let start = index
            skipString()
            let key = Self.unquote(bytes[start..<index])
            skipSpace()
            guard take(":") else { return }
            skipSpace()
            guard visit(key, index) else { return }
            skipValue()
            skipSpace()
            guard take(",") else { return }
            skipSpace()
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func skipString() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, bytes.count)
    }

    private mutating func skipValue() {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            index += 1
        }
    }

    private static func unquote(_ quoted: ArraySlice<UInt8>) -> String {
        do {
            return try JSONValue(parsing: Array(quoted)).stringValue ?? ""
        } catch {
            return ""
        }
    }
}
