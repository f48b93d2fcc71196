import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl file write`.
struct FileWrite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Replace a file with standard input.",
        discussion: """
            The folders above it are made. With --version the file is left alone when it has changed since 'file read' \
            told that version; an empty one means that there must be no such file yet.

              git show HEAD~1:Makefile | octoctl file write Makefile
              octoctl file write assets/logo.png --from logo.png
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: FileOptions

    @Argument(help: "The file.")
    var path: String

    @Option(help: ArgumentHelp("Write what this file holds.", valueName: "file"), completion: .file())
    var from: String?

    @Option(help: "Only when the file still has this version.")
    var version: String?

    func run() async throws {
        let content = FileText(try InputLimit.read(from))
        try await global.connected { connected in
            let params = WriteSessionFile.Params(
                projectID: connected.project,
                sessionID: try await connected.session(options.session),
                path: path,
                content: content.text,
                encoding: content.encoding,
                version: version
            )
            try await connected.write(WriteSessionFile.self, params)
        }
    }
}

/// Bytes as a param: as they are where they are text, else in Base64.
struct FileText {
    var text: String
    /// `nil` for text.
    var encoding: ContentEncoding?

    init(_ bytes: [UInt8]) {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
        } else {
            (text, encoding) = (Data(bytes).base64EncodedString(), .base64)
        }
    }
}

extension Connected {
    /// Calls what writes a file and says what was written.
    func write<O: OctobotAPI.Operation>(_ operation: O.Type, _ params: O.Params) async throws
    where O.Result == WrittenFile {
        let call = try JSONCoding.encode(params)
        guard call.count <= InputLimit.message else { throw InputLimit.exceeded }
        let result = try await client.call(O.name, params: call)
        let written = try decode(WrittenFile.self, from: result)
        confirm(
            "Wrote \(ByteCount.text(Int64(written.size))) to \(TerminalText.line(written.path)), "
                + "version \(TerminalText.line(written.version)).",
            result
        )
    }
}

/// What can be sent to the daemon with one call (rpc.md §8).
enum InputLimit {
    /// A message has 4 MiB, of which a little is for its envelope.
    static let message = (4 << 20) - 4096

    static let exceeded = Failure(
        "That is more than one message to the daemon holds: about 4 MiB of text, 3 MiB of anything else.",
        hint: "PUT it to the HTTP gateway, which takes 16 MiB ('octoctl system status' shows its address).",
        status: .usage
    )

    /// What a file holds; standard input when none is named.
    static func read(_ path: String?) throws -> [UInt8] {
        guard let path else { return try read(.standardInput) }
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: FilePath.absolute(path)))
            defer { try? handle.close() }  // It was only read.
            return try read(handle)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("'\(path)' cannot be read: \(error.localizedDescription)", status: .usage)
        }
    }

    /// Reads to the end.
    ///
    /// - Throws: ``exceeded`` as soon as it is too much.
    static func read(_ handle: FileHandle) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let next = try handle.read(upToCount: 1 << 20), !next.isEmpty {
            bytes += next
            guard bytes.count <= message else { throw exceeded }
        }
        return bytes
    }
}
