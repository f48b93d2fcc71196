import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl git read`.
struct GitRead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Write a file's bytes to standard output.",
        discussion: """
            As it lies in the working copy, or with --ref as it is in a commit. A large file is read in parts. At a \
            terminal control characters are shown instead of obeyed.

              octoctl git read Makefile
              octoctl git read assets/logo.png --ref v1.2 > logo.png
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Argument(help: "The file, relative to the repository.")
    var path: String

    @Option(help: "A branch, tag or commit. (default: the working copy)")
    var ref: String?

    func run() async throws {
        try await global.connected { connected in
            var params = ReadGitFile.Params(
                projectID: connected.project,
                workspaceID: try await git.target(connected),
                path: path,
                ref: ref
            )
            guard connected.format == .table else {
                let bytes = try await connected.client.call(ReadGitFile.name, params: JSONCoding.encode(params))
                return connected.console.line(bytes: bytes)
            }
            try await connected.printParts(of: path) { offset, length in
                (params.offset, params.length) = (offset, length)
                let file = try await connected.client.call(ReadGitFile.self, params)
                return try FilePart(file.content, file.encoding, size: file.size, version: file.version)
            }
        }
    }
}

/// `octoctl git write`.
struct GitWrite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Replace a file with standard input.",
        discussion: """
            The folders above it are made; nothing is staged. With --version the file is left alone when it has changed \
            since 'git read --output json' told that version; an empty one means that there must be no such file yet.

              octoctl git read Makefile --ref HEAD~1 | octoctl git write Makefile
              octoctl git write assets/logo.png --from logo.png
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Argument(help: "The file, relative to the repository.")
    var path: String

    @Option(help: ArgumentHelp("Write what this file holds.", valueName: "file"), completion: .file())
    var from: String?

    @Option(help: "Only when the file still has this version.")
    var version: String?

    func run() async throws {
        let content = FileText(try InputLimit.read(from))
        try await global.connected { connected in
            let params = WriteGitFile.Params(
                projectID: connected.project,
                workspaceID: try await git.target(connected),
                path: path,
                content: content.text,
                encoding: content.encoding,
                version: version
            )
            try await connected.write(WriteGitFile.self, params)
        }
    }
}
