import Foundation
import SandboxAgentAPI

/// How the service is started: arguments and environment (decision 27, agent-api.md §16.3).
package struct ServeOptions: Sendable {
    /// The start is refused; the text names what is wrong and what is allowed.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package var description: String
        init(_ description: String) { self.description = description }
    }

    var address: ListenAddress
    var secret: SecretHash
    /// octobotd's proxy, when it is offered.
    var proxySocket: String?
    var home: String
    var mirror: String?
    var commit: String?
    /// Whether no process but the sandbox's is to be seen: `OCTOBOT_ISOLATION` is not `none`.
    var isIsolated: Bool
    /// What the agent's process inherits.
    var environment: [String: String]

    /// - Parameters:
    ///   - socket: `--socket`.
    ///   - port: `--port`.
    ///   - proxySocket: `--proxy-socket`.
    ///   - environment: the process's own.
    package init(
        socket: String?,
        port: Int?,
        proxySocket: String?,
        environment: [String: String]
    ) throws(Refusal) {
        guard let text = environment["OCTOBOT_SECRET"], !text.isEmpty else {
            throw Refusal("OCTOBOT_SECRET is not set. It has to hold <hex salt>:<hex SHA-256 of salt and secret>.")
        }
        guard let secret = SecretHash(text) else {
            throw Refusal("OCTOBOT_SECRET is not of the form <hex salt>:<hex SHA-256 of salt and secret>.")
        }
        self.secret = secret
        address = try Self.address(socket: socket, port: port, environment: environment)
        let proxy = proxySocket ?? environment["OCTOBOT_PROXY_SOCKET"]
        self.proxySocket = proxy?.isEmpty == false ? proxy : nil
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Refusal("HOME is '\(environment["HOME"] ?? "")'; it has to be an absolute path.")
        }
        self.home = home
        mirror = environment["WORKSPACE_PATH"].flatMap { $0.isEmpty ? nil : $0 }
        commit = environment["WORKSPACE_COMMIT"].flatMap { $0.isEmpty ? nil : $0 }
        isIsolated = environment["OCTOBOT_ISOLATION"] != "none"
        var inherited = environment
        inherited["OCTOBOT_ISOLATION"] = nil
        inherited["OCTOBOT_SECRET"] = nil
        if self.proxySocket != nil { inherited.merge(EgressForwarder.environment) { _, ours in ours } }
        self.environment = inherited
    }

    private static func address(
        socket: String?,
        port: Int?,
        environment: [String: String]
    ) throws(Refusal) -> ListenAddress {
        if let socket {
            guard port == nil else { throw Refusal("--socket and --port exclude each other.") }
            return .socket(socket)
        }
        if let port {
            guard (0...65_535).contains(port) else { throw Refusal("--port is \(port); allowed are 0 to 65535.") }
            return .tcp(host: "0.0.0.0", port: port)
        }
        guard let text = environment["PORT"], !text.isEmpty else { return .tcp(host: "0.0.0.0", port: 3002) }
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw Refusal("PORT is '\(text)'; allowed are 0 to 65535.")
        }
        return .tcp(host: "0.0.0.0", port: port)
    }

    /// The folder of spool and agent session.
    var stateFolder: String { home + "/.octobot" }
    /// The clone, and the working directory of the agent.
    var workspace: String { home + "/workspace" }
}
