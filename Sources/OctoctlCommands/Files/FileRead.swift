import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl file read`.
struct FileRead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Write a file's bytes to standard output.",
        discussion: """
            Of any size: a large file is read in parts. With --from-base it is the file as it was before the session, and \
            a stopped sandbox stays stopped. At a terminal control characters are shown instead of obeyed.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: FileOptions

    @Argument(help: "The file.")
    var path: String

    @Flag(name: .customLong("from-base"), help: "As it was in the commit the session started from.")
    var isFromBase = false

    @Option(help: "Begin at this byte.")
    var offset: Int = 0

    @Option(help: "Read at most this many bytes.")
    var length: Int?

    func validate() throws {
        guard offset >= 0 else { throw ValidationError("--offset is 0 or more.") }
        guard length ?? 1 >= 1 else { throw ValidationError("--length is 1 or more.") }
    }

    /// What one call asks for, where nobody said how much.
    private static let part = 4 << 20

    func run() async throws {
        try await global.connected { connected in
            var params = ReadSessionFile.Params(
                projectID: connected.project,
                sessionID: try await connected.session(options.session),
                path: path,
                fromBase: isFromBase ? true : nil,
                offset: offset == 0 ? nil : offset,
                length: length
            )
            guard connected.format == .table else {
                let bytes = try await connected.client.call(ReadSessionFile.name, params: JSONCoding.encode(params))
                return connected.console.line(bytes: bytes)
            }
            var version: String??
            var position = offset
            let end = length.map { offset.addingReportingOverflow($0) }.map { $0.overflow ? .max : $0.partialValue }
            repeat {
                params.offset = position
                params.length = min(Self.part, (end ?? .max) - position)
                let file = try await connected.client.call(ReadSessionFile.self, params)
                guard version ?? file.version == file.version else {
                    throw Failure("'\(path)' was changed while it was read.", hint: "Read it again.", status: .conflict)
                }
                version = file.version
                let bytes = try file.bytes
                connected.console.show(bytes)
                position += bytes.count
                if bytes.isEmpty || position >= file.size { break }
            } while position < end ?? .max
        }
    }
}

extension SessionFile {
    /// - Throws: `ClientError.unreadable` for what is not in the encoding it says.
    fileprivate var bytes: [UInt8] {
        get throws {
            guard let bytes = encoding.bytes(of: content) else { throw ClientError.unreadable("no Base64") }
            return bytes
        }
    }
}

extension Console {
    /// Writes bytes as they are; a terminal gets text it does not obey.
    fileprivate func show(_ bytes: [UInt8]) {
        guard outputIsTerminal else { return write(bytes: bytes) }
        write(TerminalText.sanitized(String(decoding: bytes, as: UTF8.self)))
    }
}
