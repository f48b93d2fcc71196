import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl auth`.
struct AuthCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth",
        abstract: "Who you are to the daemon.",
        subcommands: [AuthMeCommand.self, AuthLogoutCommand.self]
    )
}

/// `octoctl auth me`.
struct AuthMeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "me", abstract: "Show who you are.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(AuthMe.self, Empty()) }
    }
}

extension User: Describable {
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("name", name), Field("email", email), Field("provider", provider),
            Field("avatar", avatarURL),
        ].compactMap { $0 }
    }
}

/// `octoctl auth logout`.
struct AuthLogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "End your login, if there is one.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.perform(AuthLogout.self, Empty(), done: "Logged out.") }
    }
}
