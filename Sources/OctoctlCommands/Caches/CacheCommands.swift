import ArgumentParser
import OctobotAPI

/// `octoctl cache`.
struct CacheCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Downloads and build products that a project's sandboxes share.",
        subcommands: [CacheList.self, CacheDelete.self]
    )
}

/// `octoctl cache list`.
struct CacheList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the caches of the project.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListCaches.self, page, nothing: "No caches.") { limit, cursor in
                ListCaches.Params(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl cache delete`.
struct CacheDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete the caches of the project.",
        discussion: "Refused while a sandbox uses them."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            let params = DeleteCaches.Params(projectID: connected.project)
            try await connected.perform(DeleteCaches.self, params, done: "Deleted the caches.")
        }
    }
}

extension CacheVolume: Tabular {
    static let columns = ["NAME", "SIZE", "CREATED", "PLACE"]
    var cells: [String] {
        [name, usage.map { ByteCount.text($0.size) } ?? "", createdAt?.short ?? "", mountpoint]
    }
}
