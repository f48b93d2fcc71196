import OctobotAPI
import OctobotClient

/// What one call reads of a file.
struct FilePart {
    var bytes: [UInt8]
    /// Of the whole file.
    var size: Int
    var version: String?

    /// - Throws: ``ClientError`` when the content is not in its encoding.
    init(_ content: String, _ encoding: ContentEncoding, size: Int, version: String?) throws {
        guard let bytes = encoding.bytes(of: content) else { throw ClientError.unreadable("no Base64") }
        (self.bytes, self.size, self.version) = (bytes, size, version)
    }

    /// What one call asks for.
    fileprivate static let most = 4 << 20
}

extension Connected {
    /// Writes a file to standard output, part by part.
    ///
    /// - Parameter read: Reads at most so many bytes from an offset on.
    func printParts(
        of path: String,
        from offset: Int = 0,
        length: Int? = nil,
        _ read: (_ offset: Int, _ length: Int) async throws -> FilePart
    ) async throws {
        var version: String??
        var position = offset
        let end = length.map { offset.addingReportingOverflow($0) }.map { $0.overflow ? .max : $0.partialValue }
        repeat {
            let part = try await read(position, min(FilePart.most, (end ?? .max) - position))
            guard version ?? part.version == part.version else {
                throw Failure("'\(path)' was changed while it was read.", hint: "Read it again.", status: .conflict)
            }
            version = part.version
            console.show(part.bytes)
            position += part.bytes.count
            if part.bytes.isEmpty || position >= part.size { break }
        } while position < end ?? .max
    }
}

extension Console {
    /// Writes bytes as they are; a terminal gets text it does not obey.
    fileprivate func show(_ bytes: [UInt8]) {
        guard outputIsTerminal else { return write(bytes: bytes) }
        write(TerminalText.sanitized(String(decoding: bytes, as: UTF8.self)))
    }
}
