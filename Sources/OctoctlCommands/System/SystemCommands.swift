import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl system`.
struct SystemCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "The daemon itself.",
        subcommands: [
            SystemHealthCommand.self, SystemStatusCommand.self, SystemVersionCommand.self, ShowConfiguration.self,
            SystemServerConfigCommand.self, SystemSupportInfoCommand.self, SystemRoutesCommand.self,
            SystemOpenAPICommand.self, SystemKeysCommands.self, SystemShutdownCommand.self,
        ]
    )
}

/// `octoctl system health`.
struct SystemHealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "health", abstract: "Say that the daemon answers.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(SystemHealth.self, Empty()) }
    }
}

extension SystemHealth.Result: Describable {
    var fields: [Field] { [Field("status", status)].compactMap { $0 } }
}

/// `octoctl system status`.
struct SystemStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where the daemon listens and what is wrong on this machine."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(SystemStatus.self, Empty()) }
    }
}

extension SystemStatus.Result: Describable {
    var fields: [Field] {
        let own = [
            Field("version", version), Field("socket", socket), Field("gateway", gateway ?? "off"),
            Field("ok", ok ? "yes" : "no"),
        ]
        let tasks = startupTasks.map { task in
            Field("task", [task.name, task.state.rawValue, task.error].compactMap { $0 }.joined(separator: ": "))
        }
        let notes = messages.map { Field($0.level.rawValue, "\($0.title): \($0.message)") }
        return (own + tasks + notes).compactMap { $0 }
    }
}

/// `octoctl system version`.
struct SystemVersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the versions of daemon, protocol and API."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(SystemVersion.self, Empty()) }
    }
}

extension SystemVersion.Result: Describable {
    var fields: [Field] {
        [Field("daemon", version), Field("protocol", String(`protocol`)), Field("API level", String(apiLevel))]
            .compactMap { $0 }
    }
}

/// `octoctl system shutdown`.
struct SystemShutdownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shutdown",
        abstract: "Stop the daemon; sandboxes keep running."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected(startsDaemon: false) { connected in
            try await connected.perform(SystemShutdown.self, Empty(), done: "The daemon stops.")
        }
    }
}
