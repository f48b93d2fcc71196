import Foundation

/// Starts `octobotd` as a process of its own, for a client that finds nobody listening (decision 63).
///
/// It takes no lock: of two daemons started at once, the one that does not get the daemon's lock ends by itself.
package struct DaemonStarter: Sendable {
    /// An absolute path; `nil` when there is no `octobotd` to be found.
    package var executable: String?
    /// Handed on as it is.
    package var environment: [String: String]
    /// What the daemon writes goes here.
    package var logFile: String

    package init(executable: String?, environment: [String: String], logFile: String) {
        self.executable = executable
        self.environment = environment
        self.logFile = logFile
    }

    /// The `octobotd` beside the running program, else the first one on `PATH`; the log in the state folder (decision 23).
    package init(environment: [String: String]) {
        self.init(
            executable: Self.locate(environment),
            environment: environment,
            logFile: Self.stateFolder(environment) + "/octobot/octobotd.log"
        )
    }

    private static func locate(_ environment: [String: String]) -> String? {
        var folders: [String] = []
        // Without /proc there is no neighbour to be found, and PATH has to do.
        if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folders.append(URL(filePath: program).deletingLastPathComponent().path(percentEncoded: false))
        }
        folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return folders.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + "octobotd" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// XDG Base Directory Specification: `$XDG_STATE_HOME` when absolute, else below home.
    private static func stateFolder(_ environment: [String: String]) -> String {
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return home + "/.local/state"
    }
}
