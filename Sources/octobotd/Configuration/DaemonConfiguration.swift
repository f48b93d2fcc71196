import Foundation
import JSONRPCTransport
import Logging
import OctobotAPI
import ProviderLogin

/// Everything octobotd is told from outside (design.md §10), checked before anything is opened.
struct DaemonConfiguration {
    /// Where the HTTP gateway listens.
    enum Port: Equatable {
        case off
        case number(Int)
        /// 3001 because nothing was said; given up when somebody else has it (decision 57).
        case standard
    }

    var port: Port
    var httpHost: String
    var corsOrigins: [String]
    var allowedHosts: [String]
    var databasePath: String
    var dataFolder: String
    var stateFolder: String
    var workspaceFolder: String
    var sandboxProvider: String?
    var sandboxes: SandboxSettings
    var logins: LoginConfiguration
    /// `SUGGESTIONS_ENABLED`.
    var suggestsFolders: Bool
    var agentBinary: String?
    var readablePaths: [String]
    var allowedEgress: [String]
    var isolationIsOff: Bool
    var networkIsHost: Bool
    var encryptionKey: String?
    var credentialsFolder: String?
    var socketPath: String
    var socketGroup: String?
    var idleExit: Duration?
    var logLevel: Logger.Level
    var entries: [SystemConfig.Entry]
    /// Variables that are set but mean nothing to Octobot.
    var ignored: [String]
    var environment: [String: String]

    static func load(environment: [String: String]) async throws -> DaemonConfiguration {
        var settings = try await Settings(environment: environment)
        let data = Settings.folder("XDG_DATA_HOME", or: ".local/share", environment) + "/octobot"
        let state = Settings.folder("XDG_STATE_HOME", or: ".local/state", environment) + "/octobot"
        let port = try settings.value(
            "PORT",
            default: Port.standard,
            shown: "3001",
            allowed: "0 (a free port) to 65535, or off"
        ) { text -> Port? in
            if text == "off" { return .off }
            guard let number = Int(text), (0...65535).contains(number) else { return nil }
            return .number(number)
        }
        let host = try settings.value(
            "OCTOBOT_HTTP_HOST",
            default: "127.0.0.1",
            shown: "127.0.0.1",
            allowed: "127.0.0.1, ::1 or localhost, because login is off"
        ) { ["127.0.0.1", "::1", "localhost"].contains($0) ? $0 : nil }
        let dsn = try settings.value(
            "DATABASE_DSN",
            default: "\(data)/octobot.db",
            shown: "sqlite3://\(data)/octobot.db",
            allowed: "sqlite3://PATH, with an absolute path"
        ) { text -> String? in
            for prefix in ["sqlite3://", "sqlite://"] where text.hasPrefix(prefix) {
                let path = String(text.dropFirst(prefix.count))
                return path.hasPrefix("/") ? path : nil
            }
            return nil
        }
        let workspaces = try settings.value(
            "WORKSPACE_DIR",
            default: "\(data)/workspaces",
            shown: "\(data)/workspaces",
            allowed: "an absolute path"
        ) { $0.hasPrefix("/") ? $0 : nil }
        let authentication = try settings.value(
            "AUTH_ENABLED",
            default: false,
            shown: "false",
            allowed: "false; login is not built yet",
            parse: { Settings.boolean($0) == false ? false : nil }
        )
        precondition(!authentication)
        let isolation = try settings.value(
            "SANDBOX_LOCAL_ISOLATION",
            default: false,
            shown: "bubblewrap",
            allowed: "bubblewrap or none"
        ) { ["bubblewrap": false, "none": true][$0] }
        let network = try settings.value(
            "SANDBOX_LOCAL_NETWORK",
            default: false,
            shown: "proxy",
            allowed: "proxy or host"
        ) { ["proxy": false, "host": true][$0] }
        let provider = try settings.value(
            "SANDBOX_PROVIDER",
            default: String?.none,
            shown: "docker when an engine with the image answers, else local",
            allowed: "docker or local"
        ) { ["docker", "local"].contains($0) ? .some($0) : nil }
        let key = try settings.value(
            "ENCRYPTION_KEY",
            default: String?.none,
            shown: "",
            allowed: "64 hexadecimal digits, and earlier keys behind them with commas",
            isSecret: true
        ) { $0.wholeMatch(of: /[0-9A-Fa-f]{64}(?:,[0-9A-Fa-f]{64}){0,7}/) == nil ? nil : .some($0) }
        let level = try settings.value(
            "OCTOBOT_LOG_LEVEL",
            default: Logger.Level.info,
            shown: "info",
            allowed: Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        ) { Logger.Level(rawValue: $0) }
        let group = try settings.text("OCTOBOT_SOCKET_GROUP")
        let idle = try settings.value(
            "OCTOBOT_IDLE_EXIT",
            default: Duration?.none,
            shown: "10m when every socket was handed over, else off",
            allowed: "a duration such as 90s or 10m, or 0 for never"
        ) { Settings.duration($0).map { .some($0) } }
        let sandboxes = try settings.sandboxes()
        let logins = try settings.logins()
        let suggestions = try settings.value(
            "SUGGESTIONS_ENABLED",
            default: false,
            shown: "false",
            allowed: "true or false",
            parse: Settings.boolean
        )
        let cors = try settings.list("CORS_ORIGINS")
        let hosts = try settings.list("ALLOWED_HOSTS")
        let readable = try settings.list("SANDBOX_LOCAL_READABLE")
        let egress = try settings.list("SANDBOX_ALLOW_HOSTS")
        let binary = try settings.text("LOCAL_AGENT_BINARY")
        let socket = try Self.socket(&settings, environment)
        return DaemonConfiguration(
            port: port,
            httpHost: host,
            corsOrigins: cors,
            allowedHosts: hosts,
            databasePath: dsn,
            dataFolder: data,
            stateFolder: state,
            workspaceFolder: workspaces,
            sandboxProvider: provider,
            sandboxes: sandboxes,
            logins: logins,
            suggestsFolders: suggestions,
            agentBinary: binary,
            readablePaths: readable,
            allowedEgress: egress,
            isolationIsOff: isolation,
            networkIsHost: network,
            encryptionKey: key,
            credentialsFolder: environment["CREDENTIALS_DIRECTORY"],
            socketPath: socket,
            socketGroup: group,
            idleExit: idle,
            logLevel: level,
            entries: settings.entries.sorted { $0.name < $1.name },
            ignored: Self.ignoredVariables.filter { settings.isSet($0) },
            environment: environment
        )
    }

    private static func socket(_ settings: inout Settings, _ environment: [String: String]) throws -> String {
        guard (environment["OCTOBOT_SOCKET"] ?? "").isEmpty == false || !settings.isSet("OCTOBOT_SOCKET") else {
            throw ConfigurationError(
                name: "OCTOBOT_SOCKET",
                problem: "is set in octobotd.env, where clients do not see it",
                allowed: "the environment of octobotd and of its clients"
            )
        }
        let path = try SocketPath.default(environment: environment)
        _ = try settings.value(
            "OCTOBOT_SOCKET",
            default: path,
            shown: path,
            allowed: "an absolute path of at most 103 bytes"
        ) { $0.hasPrefix("/") && $0.utf8.count <= 103 ? $0 : nil }
        return path
    }

    /// Variables of earlier servers that octobotd does not read (decision 56).
    private static let ignoredVariables = [
        "LOCAL_PROVIDER_ENABLED", "SANDBOX_PRIVILEGED", "SESSION_SECRET", "TAURI", "SSH_ENABLED", "SSH_PORT",
        "SSH_HOST_KEY_PATH", "DEBUG_DOCKER", "DEBUG_DOCKER_PORT", "CORS_DEBUG", "BIND_ADDRESS",
        "DISPATCHER_POLL_INTERVAL", "DISPATCHER_HEARTBEAT_INTERVAL", "DISPATCHER_HEARTBEAT_TIMEOUT",
        "IDLE_CHECK_INTERVAL", "VZ_DATA_DIR", "VZ_IMAGE_REF", "VZ_KERNEL_PATH",
    ]
}
