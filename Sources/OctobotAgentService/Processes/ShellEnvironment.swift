import CLinux
import Foundation
import SandboxAgentAPI

/// Where shells and commands of people start: their variables and their folder.
struct ShellEnvironment: Sendable {
    static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What every one of them gets; nothing of Octobot's own, no credentials.
    let variables: [String: String]
    /// The clone; relative folders start here.
    let workspace: String

    init(_ options: ServeOptions) {
        self.init(inherited: options.environment, home: options.home, workspace: options.workspace)
    }

    /// - Parameter inherited: the service's own variables.
    init(inherited: [String: String], home: String, workspace: String) {
        let ours: Set = [
            "PORT", "WORKSPACE_PATH", "WORKSPACE_COMMIT", "WORKSPACE_SOURCE", "SESSION_ID", "CACHE_ENABLED",
        ]
        var variables = inherited.filter { !$0.key.hasPrefix("OCTOBOT_") && !ours.contains($0.key) }
        let user = AgentUser.current.username
        variables["PATH"] = variables["PATH"] ?? Self.usualPath
        variables["TERM"] = "xterm-256color"
        variables["LANG"] = "C.UTF-8"
        variables["HOME"] = home
        variables["USER"] = user
        variables["LOGNAME"] = user
        variables["SHELL"] = Self.shell
        self.variables = variables
        self.workspace = workspace
    }

    /// The user's shell: of the passwd entry when it can be executed, else bash, else sh.
    static var shell: String {
        let own = getpwuid(getuid()).flatMap { $0.pointee.pw_shell }.map { String(cString: $0) } ?? ""
        let refusing = ["nologin", "false"]
        let candidates = (refusing.contains { own.hasSuffix("/\($0)") } ? [] : [own]) + ["/bin/bash"]
        return candidates.first { $0.hasPrefix("/") && access($0, X_OK) == 0 } ?? "/bin/sh"
    }

    /// The variables with those of a request on top.
    func merged(with own: [String: String]?) throws(HandRefusal) -> [String: String] {
        let own = own ?? [:]
        for (name, value) in own {
            guard !name.isEmpty, !name.contains("="), !name.contains("\0"), !value.contains("\0") else {
                throw .invalid(
                    "The environment variable '\(name.prefix(64))' cannot be set: names are not empty and "
                        + "without '=', and nothing contains NUL."
                )
            }
        }
        return variables.merging(own) { $1 }
    }

    /// The folder a request names, as an absolute path.
    func folder(_ path: String?) throws(HandRefusal) -> String {
        let path = path ?? ""
        let folder = path.isEmpty ? workspace : path.hasPrefix("/") ? path : "\(workspace)/\(path)"
        var info = stat()
        guard !path.contains("\0"), stat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw .invalid("'\(path.prefix(256))' is no folder in this sandbox.")
        }
        return folder
    }
}
