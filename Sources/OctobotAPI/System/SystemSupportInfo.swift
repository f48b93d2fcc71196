package import OctobotModel

/// Show what a report of a fault should contain.
package enum SystemSupportInfo: Operation {
    package static let name = "system.supportInfo"
    package static let summary = "Show what a report of a fault should contain"
    package static let description = """
        Version, host, settings without secrets, and the end of the log file with whatever looks like a secret hidden.
        """
    // The earlier server told everybody, with login on too.
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .get("/api/support-info")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = SupportInfo(
        version: "0.1.0",
        runtime: SupportInfo.Runtime(os: "linux", arch: "amd64", language: "Swift 6.3", processors: 8, threads: 12),
        config: SupportInfo.Settings(
            port: 3001,
            workspaceFolder: "/home/me/.local/share/octobot/workspaces",
            sandboxImage: "",
            availableProviders: ["local"]
        ),
        serverLog: "",
        logPath: "/home/me/.local/state/octobot/octobotd.log",
        logExists: false,
        systemInfo: SystemStatus.exampleResult
    )

    package typealias Params = Empty
    package typealias Result = SupportInfo
}

/// The daemon and its host, for a report of a fault; its keys are those of browser clients.
package struct SupportInfo: Codable, Sendable, Equatable, ComponentDescribing {
    package var version: String
    package var runtime: Runtime
    package var config: Settings
    /// Empty when there is no file.
    package var serverLog: String
    package var logPath: String
    package var logExists: Bool
    package var systemInfo: SystemStatus.Result

    package init(
        version: String,
        runtime: Runtime,
        config: Settings,
        serverLog: String,
        logPath: String,
        logExists: Bool,
        systemInfo: SystemStatus.Result
    ) {
        self.version = version
        self.runtime = runtime
        self.config = config
        self.serverLog = serverLog
        self.logPath = logPath
        self.logExists = logExists
        self.systemInfo = systemInfo
    }

    private enum CodingKeys: String, CodingKey {
        case version, runtime, config
        case serverLog = "server_log"
        case logPath = "log_path"
        case logExists = "log_exists"
        case systemInfo = "system_info"
    }

    package static let schemaName = "SupportInfo"
    package static let definition = JSONSchema.record(
        .required("version", .string, "Of the daemon."),
        .required("runtime", .reference(to: Runtime.self), "What it runs on."),
        .required("config", .reference(to: Settings.self), "What it was told."),
        .required("server_log", .string, "The end of the log file, at most 64 KiB; empty when there is none."),
        .required("log_path", .string, "Where the log file is, if it is anywhere."),
        .required("log_exists", .boolean, "Whether it is there."),
        .required("system_info", .reference(to: SystemStatus.Result.self), "What `system.status` says."),
        description: "What a report of a fault should contain."
    )
}

extension SupportInfo {
    /// What the daemon runs on; the keys are those clients show.
    package struct Runtime: Codable, Sendable, Equatable, ComponentDescribing {
        package var os: String
        package var arch: String
        package var language: String
        package var processors: Int
        package var threads: Int

        package init(os: String, arch: String, language: String, processors: Int, threads: Int) {
            self.os = os
            self.arch = arch
            self.language = language
            self.processors = processors
            self.threads = threads
        }

        private enum CodingKeys: String, CodingKey {
            case os, arch
            case language = "go_version"
            case processors = "num_cpu"
            case threads = "num_goroutine"
        }

        package static let schemaName = "SupportRuntime"
        package static let definition = JSONSchema.record(
            .required("os", .string, "The operating system."),
            .required("arch", .string, "The processor, such as `amd64`."),
            .required("go_version", .string, "The language it is built with, and its version."),
            .required("num_cpu", .count, "Processors of the host."),
            .required("num_goroutine", .count, "Threads of the daemon.")
        )
    }

    /// What the daemon was told, as browser clients know it.
    package struct Settings: Codable, Sendable, Equatable, ComponentDescribing {
        /// 0 without a gateway.
        package var port: Int
        package var databaseDriver: String
        package var authEnabled: Bool
        package var workspaceFolder: String
        package var sandboxImage: String
        package var tauriMode: Bool
        package var sshEnabled: Bool
        package var sshPort: Int
        package var dispatcherEnabled: Bool
        package var availableProviders: [String]

        package init(port: Int, workspaceFolder: String, sandboxImage: String, availableProviders: [String]) {
            self.port = port
            databaseDriver = "sqlite"
            authEnabled = false
            self.workspaceFolder = workspaceFolder
            self.sandboxImage = sandboxImage
            tauriMode = false
            sshEnabled = false
            sshPort = 0
            dispatcherEnabled = true
            self.availableProviders = availableProviders
        }

        private enum CodingKeys: String, CodingKey {
            case port
            case databaseDriver = "database_driver"
            case authEnabled = "auth_enabled"
            case workspaceFolder = "workspace_dir"
            case sandboxImage = "sandbox_image"
            case tauriMode = "tauri_mode"
            case sshEnabled = "ssh_enabled"
            case sshPort = "ssh_port"
            case dispatcherEnabled = "dispatcher_enabled"
            case availableProviders = "available_providers"
        }

        package static let schemaName = "SupportSettings"
        package static let definition = JSONSchema.record(
            .required("port", .integer(0...65535), "Of the HTTP gateway; 0 without one."),
            .required("database_driver", .string, "What stores the data."),
            .required("auth_enabled", .boolean, "Whether people log in."),
            .required("workspace_dir", .string, "Where clones of git URLs are."),
            .required("sandbox_image", .string, "The image of container sandboxes; empty without them."),
            .required("tauri_mode", .boolean, "Whether a desktop shell started the daemon; it never does."),
            .required("ssh_enabled", .boolean, "Whether sessions are reached over SSH."),
            .required("ssh_port", .integer(0...65535), "Where; 0 where they are not."),
            .required("dispatcher_enabled", .boolean, "Whether jobs are worked on; they always are."),
            .required("available_providers", .array(of: .string), "Sandbox providers of this daemon, by name.")
        )
    }
}
