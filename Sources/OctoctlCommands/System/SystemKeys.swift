import ArgumentParser
import OctobotAPI

/// `octoctl system keys`.
struct SystemKeysCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The key that secrets are sealed with.",
        subcommands: [SystemKeysRotate.self]
    )
}

/// `octoctl system keys rotate`.
struct SystemKeysRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new key, seal every secret with it and delete the old key."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(RotateKeys.self, Empty()) }
    }
}

extension RotateKeys.Result: Describable {
    var fields: [Field] {
        [Field("moved", "\(moved)"), unreadable > 0 ? Field("unreadable", "\(unreadable)") : nil].compactMap { $0 }
    }
}
