import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl session diff`.
struct SessionDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: DiffOptions.abstract,
        discussion: DiffOptions.discussion
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id.")
    var session: String?

    @Option(help: "Only this file, relative to the repository.")
    var path: String?

    @OptionGroup var options: DiffOptions

    func run() async throws {
        try await options.run(global, session: session, path: path)
    }
}

/// `octoctl diff`.
struct DiffShortcut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: DiffOptions.abstract,
        discussion: DiffOptions.discussion + """


              octoctl diff
              octoctl diff --files
              octoctl diff src/engine.c
              octoctl diff | git apply --check
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Only this file, relative to the repository.")
    var path: String?

    @Option(help: "The session. (default: the latest of the current folder's workspace)")
    var session: String?

    @OptionGroup var options: DiffOptions

    func run() async throws {
        try await options.run(global, session: session, path: path)
    }
}

/// What both ways to ask for a diff share.
struct DiffOptions: ParsableArguments {
    static let abstract = "Show what a session changed."
    static let discussion = """
        The session's working tree, untracked files included, against the commit it started from, as git shows it. \
        Starts a stopped sandbox.
        """

    @Flag(help: "Only names and states.")
    var files = false

    func run(_ global: GlobalOptions, session: String?, path: String?) async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = DiffSession.Params(
                projectID: connected.project,
                sessionID: id,
                path: path,
                format: files ? .files : nil
            )
            let bytes = try await connected.client.call(DiffSession.name, params: JSONCoding.encode(params))
            let diff = try connected.decode(SessionDiff.self, from: bytes)
            switch connected.format {
            case .json: connected.console.line(bytes: bytes)
            case .ndjson: for file in diff.files { connected.console.line(bytes: try JSONCoding.encode(file)) }
            case .table: DiffPrinter(console: connected.console).print(diff, namesOnly: files)
            }
        }
    }
}
