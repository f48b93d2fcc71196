import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl file delete`.
struct FileDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a file, or a folder with all that is in it."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: FileOptions

    @Argument(help: "The file or folder.")
    var path: String

    func run() async throws {
        try await global.connected { connected in
            let params = DeleteSessionFile.Params(
                projectID: connected.project,
                sessionID: try await connected.session(options.session),
                path: path
            )
            let bytes = try await connected.client.call(DeleteSessionFile.name, params: JSONCoding.encode(params))
            let deleted = try connected.decode(DeletedFile.self, from: bytes)
            let what = deleted.type == .directory ? "folder" : "file"
            connected.confirm("Deleted the \(what) \(TerminalText.line(deleted.path)).", bytes)
        }
    }
}

/// `octoctl file rename`.
struct FileRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Rename a file or folder, replacing a file that is there.",
        discussion: "The folders above the new place are made."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: FileOptions

    @Argument(help: "The file or folder.")
    var oldPath: String

    @Argument(help: "What it is to be called.")
    var newPath: String

    func run() async throws {
        try await global.connected { connected in
            let params = RenameSessionFile.Params(
                projectID: connected.project,
                sessionID: try await connected.session(options.session),
                oldPath: oldPath,
                newPath: newPath
            )
            let bytes = try await connected.client.call(RenameSessionFile.name, params: JSONCoding.encode(params))
            let renamed = try connected.decode(RenamedFile.self, from: bytes)
            let (old, new) = (TerminalText.line(renamed.oldPath), TerminalText.line(renamed.newPath))
            connected.confirm("Renamed \(old) to \(new).", bytes)
        }
    }
}
