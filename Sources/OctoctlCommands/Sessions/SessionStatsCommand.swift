import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl session stats`.
struct SessionStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what the sandbox of a session uses.",
        discussion: "Never starts a stopped sandbox."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = ReadSessionStats.Params(projectID: connected.project, sessionID: id)
            try await connected.show(ReadSessionStats.self, params)
        }
    }
}

extension SessionStats: Describable {
    var fields: [Field] {
        [
            Field("status", state.rawValue),
            Field("memory", Self.share(memoryBytes.map(ByteCount.text), memoryLimitBytes.map(ByteCount.text))),
            Field(
                "processor time",
                cpuMilliseconds.map { "\(Double($0 / 100) / 10) s" }
            ),
            Field("processors", cpuLimit.map { "at most \($0)" }),
            Field("processes", Self.share(processes.map { "\($0)" }, processLimit.map { "\($0)" })),
            Field(
                "disk",
                Self.share(
                    diskBytes.map { (diskPartial == true ? "more than " : "") + ByteCount.text($0) },
                    diskLimitBytes.map(ByteCount.text)
                )
            ),
            Field("terminals", terminals.map { "\($0)" }),
            Field("last used", lastActivityAt?.short),
        ].compactMap { $0 }
    }

    private static func share(_ used: String?, _ limit: String?) -> String? {
        switch (used, limit) {
        case (let used?, let limit?): "\(used) of \(limit)"
        case (let used?, nil): used
        case (nil, let limit?): "at most \(limit)"
        case (nil, nil): nil
        }
    }
}
