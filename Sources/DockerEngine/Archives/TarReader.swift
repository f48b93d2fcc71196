/// Reads small archives that the engine made.
package enum TarReader {
    /// Files, folders and links of an archive; extended headers and other kinds are passed over.
    ///
    /// - Throws: ``DockerError/invalidAnswer(_:)`` for what is no archive.
    package static func entries(_ archive: some Collection<UInt8>) throws(DockerError) -> [TarEntry] {
        let bytes = Array(archive)
        var entries: [TarEntry] = []
        var at = 0
        while at + TarHeader.blockSize <= bytes.count {
            let block = Array(bytes[at..<(at + TarHeader.blockSize)])
            if block.allSatisfy({ $0 == 0 }) { break }
            guard let size = octal(block[124..<136]), let mode = octal(block[100..<108]),
                let uid = octal(block[108..<116]), let gid = octal(block[116..<124])
            else { throw .invalidAnswer("no tar archive") }
            at += TarHeader.blockSize
            guard size <= bytes.count - at else { throw .invalidAnswer("a tar archive that is cut off") }
            let path = text(block[0..<100])
            let content: TarEntry.Content? =
                switch block[156] {
                case UInt8(ascii: "0"), 0: .bytes(Array(bytes[at..<(at + size)]))
                case UInt8(ascii: "5"): .folder
                case UInt8(ascii: "2"): .link(to: text(block[157..<257]))
                default: nil
                }
            if let content { entries.append(TarEntry(path, content, mode: mode, uid: uid, gid: gid)) }
            at += size + TarHeader.padding(after: Int64(size))
        }
        return entries
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A number field, ended by a zero or a space; large ones in base 256 are not read.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = text(field).split(separator: " ").first ?? ""
        return digits.isEmpty ? 0 : Int(digits, radix: 8)
    }
}
