import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl file`.
struct FileCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file",
        abstract: "Files in the workspaces of sessions.",
        discussion: """
            Paths are relative to the session's workspace. Without --session the latest session of the current folder's \
            workspace is meant; which one that is, is said on standard error. A stopped sandbox is started.

              octoctl file list src
              octoctl file read src/engine.c > engine.c
              octoctl file write notes/plan.txt --from plan.txt
            """,
        subcommands: [FileList.self, FileRead.self, FileWrite.self, FileDelete.self, FileRename.self]
    )
}

/// Whose files are meant.
struct FileOptions: ParsableArguments {
    @Option(help: "The session. (default: the latest of the current folder's workspace)")
    var session: String?
}

/// `octoctl file list`.
struct FileList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List a folder, folders first."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: FileOptions

    @Argument(help: "The folder. (default: the workspace)")
    var path: String?

    @Flag(name: [.customShort("a"), .customLong("hidden")], help: "Also names that begin with a dot.")
    var showsHidden = false

    func run() async throws {
        try await global.connected { connected in
            let params = ListSessionFiles.Params(
                projectID: connected.project,
                sessionID: try await connected.session(options.session),
                path: path,
                hidden: showsHidden ? true : nil
            )
            let bytes = try await connected.client.call(ListSessionFiles.name, params: JSONCoding.encode(params))
            let folder = try connected.decode(SessionFolder.self, from: bytes)
            switch connected.format {
            case .json: connected.console.line(bytes: bytes)
            case .ndjson:
                for entry in folder.entries { connected.console.line(bytes: try JSONCoding.encode(entry)) }
            case .table:
                guard !folder.entries.isEmpty else { return connected.console.note("Nothing there.") }
                let table = Table(SessionFolder.Entry.columns, folder.entries.map(\.cells))
                connected.console.lines(table.lines(width: connected.console.width))
            }
        }
    }
}

extension SessionFolder.Entry: Tabular {
    static let columns = ["SIZE", "NAME"]
    var cells: [String] { [size.map { ByteCount.text(Int64($0)) } ?? "", type == .directory ? name + "/" : name] }
}
