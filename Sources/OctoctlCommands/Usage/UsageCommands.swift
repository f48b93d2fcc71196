import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl usage`.
struct UsageCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "What turns used: tokens and money.",
        subcommands: [UsageGet.self],
        defaultSubcommand: UsageGet.self
    )
}

extension Usage: Describable {
    var fields: [Field] {
        var fields = Self.fields("", turns, inputTokens, outputTokens, cachedTokens, costs)
        if let context {
            fields.append(Field("context", "\(context.used)" + (context.size.map { " of \($0)" } ?? "")))
        }
        for share in models {
            fields.append(Field("model", share.model ?? "not told"))
            fields += Self.fields(
                "  ",
                share.turns,
                share.inputTokens,
                share.outputTokens,
                share.cachedTokens,
                share.costs
            )
        }
        return fields.compactMap { $0 }
    }

    private static func fields(
        _ indent: String,
        _ turns: Int64,
        _ input: Int64,
        _ output: Int64,
        _ cached: Int64,
        _ costs: [Cost]
    ) -> [Field?] {
        [
            Field(indent + "turns", "\(turns)"), Field(indent + "input tokens", "\(input)"),
            Field(indent + "output tokens", "\(output)"), Field(indent + "cached tokens", "\(cached)"),
            Field(indent + "cost", costs.isEmpty ? nil : costs.map(\.text).joined(separator: ", ")),
        ]
    }
}

extension Cost {
    /// Such as `0.1234 USD`.
    fileprivate var text: String {
        let units = (amount * 10_000).rounded()
        guard units < 1e15 else { return "\(amount) \(currency)" }
        let whole = Int64(units)
        let fraction = String(whole % 10_000)
        return "\(whole / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction) \(currency)"
    }
}

/// `octoctl usage get`.
struct UsageGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what the project's turns used, or those of one session."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only of this session.")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                GetUsage.self,
                GetUsage.Params(projectID: connected.project, sessionID: session.map { SessionID($0) })
            )
        }
    }
}
