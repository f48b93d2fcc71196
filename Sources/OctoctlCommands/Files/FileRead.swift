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
            try await connected.printParts(of: path, from: offset, length: length) { offset, length in
                (params.offset, params.length) = (offset, length)
                let file = try await connected.client.call(ReadSessionFile.self, params)
                return try FilePart(file.content, file.encoding, size: file.size, version: file.version)
            }
        }
    }
}
