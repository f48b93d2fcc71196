/// A name of an image, taken apart as the engine does it.
package struct ImageReference: Sendable, Equatable, CustomStringConvertible {
    /// Such as `docker.io` or `ghcr.io:443`.
    package var registry: String
    /// Without registry, tag and digest, such as `library/debian`.
    package var repository: String
    /// Such as `latest`; not beside a digest.
    package var tag: String?
    /// Such as `sha256:…`.
    package var digest: String?
    private var name: String

    /// - Returns: `nil` for what is no name of an image, an image's bare id included.
    package init?(_ text: String) {
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
            guard let parts = digest?.split(separator: ":"), parts.count == 2,
                parts.allSatisfy({ $0.utf8.allSatisfy(Self.isTagByte) })
            else { return nil }
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
            guard let tag, !tag.isEmpty, tag.utf8.allSatisfy(Self.isTagByte) else { return nil }
        }
        if digest == nil, tag == nil { tag = "latest" }
        // An id, not a name.
        guard rest != "sha256", !rest.isEmpty else { return nil }
        name = String(rest)
        var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        if parts.count > 1, parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost" {
            registry = String(parts.removeFirst())
        } else {
            registry = "docker.io"
            if parts.count == 1 { parts.insert("library", at: 0) }
        }
        guard parts.allSatisfy(Self.isComponent), registry.utf8.allSatisfy({ Self.isTagByte($0) || $0 == 0x3A }) else {
            return nil
        }
        repository = parts.joined(separator: "/")
    }

    /// The name without tag and digest, as it was given.
    package var familiarName: String { name }

    package var description: String { name + (digest.map { "@\($0)" } ?? tag.map { ":\($0)" } ?? "") }

    private static func isComponent(_ part: Substring) -> Bool {
        let edges = [part.utf8.first, part.utf8.last].compactMap { $0 }
        return part.utf8.allSatisfy(isNameByte)
            && edges.allSatisfy { isNameByte($0) && $0 >= UInt8(ascii: "0") && $0 != UInt8(ascii: "_") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
