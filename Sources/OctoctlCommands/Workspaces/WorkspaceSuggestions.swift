import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl workspace suggestions`.
struct WorkspaceSuggestions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggestions",
        abstract: "Complete the path of a folder on the daemon's machine.",
        discussion: """
            What browser clients offer while somebody types a path; a shell completes paths by itself. The daemon has to \
            be started with SUGGESTIONS_ENABLED=true.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "What was typed so far; absolute, or beginning with '~', which stands for the daemon's home.")
    var path: String

    func run() async throws {
        try await global.connected { connected in
            let params = ListSuggestions.Params(projectID: connected.project, q: path)
            try await connected.list(ListSuggestions.self, params, nothing: "No suggestions.")
        }
    }
}

extension Suggestion: Tabular {
    static let columns = ["FOLDER", "REPOSITORY"]
    var cells: [String] { [value, valid ? "yes" : ""] }
}
