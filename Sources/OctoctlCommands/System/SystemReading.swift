import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl system server-config`.
struct SystemServerConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server-config",
        abstract: "Show what browser clients ask for when they start.",
        aliases: ["serverConfig"]
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(SystemServerConfig.self, Empty()) }
    }
}

extension SystemServerConfig.Result: Describable {
    var fields: [Field] { [Field("SSH port", sshPort == 0 ? "none" : String(sshPort))].compactMap { $0 } }
}

/// `octoctl system support-info`.
struct SystemSupportInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-info",
        abstract: "Show what a report of a fault should contain.",
        discussion: "With --output json the end of the daemon's log is part of it.",
        aliases: ["supportInfo"]
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.show(SystemSupportInfo.self, Empty()) }
    }
}

extension SupportInfo: Describable {
    var fields: [Field] {
        [
            Field("version", version), Field("host", "\(runtime.os) \(runtime.arch), \(runtime.processors) processors"),
            Field("built with", runtime.language), Field("threads", String(runtime.threads)),
            Field("port", config.port == 0 ? "none" : String(config.port)), Field("workspaces", config.workspaceFolder),
            Field("image", config.sandboxImage), Field("providers", config.availableProviders.joined(separator: ", ")),
            Field("log", logExists ? logPath : "none"),
        ].compactMap { $0 } + systemInfo.messages.compactMap { Field($0.level.rawValue, "\($0.title): \($0.message)") }
    }
}

/// `octoctl system routes`.
struct SystemRoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "List the REST routes of the HTTP gateway."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { try await $0.list(SystemRoutes.self, Empty(), nothing: "No routes.") }
    }
}

extension RouteInfo: Tabular {
    static let columns = ["METHOD", "PATH", "WHAT IT DOES"]
    var cells: [String] { [method, path, description] }
}

/// `octoctl system openapi`.
struct SystemOpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the OpenAPI document of the REST routes."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            let bytes = try await connected.client.call(SystemOpenAPI.name, params: Array("{}".utf8))
            connected.print(result: bytes)
        }
    }
}
