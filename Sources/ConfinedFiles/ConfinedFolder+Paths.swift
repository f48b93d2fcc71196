/// Paths as bytes: what is one character to a reader, such as a slash with an accent, is still a slash to the kernel.
extension ConfinedFolder {
    static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// The longest path, in bytes (PATH_MAX of limits.h, with its NUL).
    private static let longestPath = 4095

    /// The path with `.` and doubled slashes taken out; the root is `.`.
    ///
    /// - Throws: ``Refusal/invalid(_:)`` for what leads out as it is written, or names what the rules reserve.
    package static func normal(_ path: String, _ rules: Rules = .workspace) throws(Refusal) -> String {
        let bytes = path.utf8
        guard bytes.count <= longestPath, bytes.first != slash, bytes.first != UInt8(ascii: "\\"), !bytes.contains(0)
        else {
            throw .invalid("Invalid path")
        }
        var parts: [String.UTF8View.SubSequence] = []
        for part in bytes.split(separator: slash) where !part.elementsEqual([dot]) {
            if part.elementsEqual([dot, dot]) {
                guard rules.allowsParents, parts.popLast() != nil else { throw .invalid("Invalid path") }
                continue
            }
            guard !rules.reserves(part) else { throw .invalid("Invalid path") }
            parts.append(part)
        }
        return parts.isEmpty ? "." : joined(parts)
    }

    func normal(_ path: String) throws(Refusal) -> String { try Self.normal(path, rules) }

    static func split(_ path: String) -> (parent: String, name: String) {
        let bytes = path.utf8
        guard let place = bytes.lastIndex(of: slash) else { return (".", path) }
        return (text(bytes[..<place]), text(bytes[bytes.index(after: place)...]))
    }

    /// The folders above a path's last part, outermost first; none for one that lies at the top.
    static func folders(above path: String) -> [String] {
        let parts = split(path).parent.utf8.split(separator: slash).filter { !$0.elementsEqual([dot]) }
        return parts.indices.map { joined(parts[...$0]) }
    }

    private static func joined(_ parts: some Sequence<String.UTF8View.SubSequence>) -> String {
        String(decoding: Array(parts.joined(separator: [slash])), as: UTF8.self)
    }

    static func text(_ bytes: String.UTF8View.SubSequence) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ConfinedFolder.Rules {
    func reserves(_ name: String.UTF8View.SubSequence) -> Bool {
        !reservedNames.isEmpty && reservedNames.contains(ConfinedFolder.text(name).lowercased())
    }
}
