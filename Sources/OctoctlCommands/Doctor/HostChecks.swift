import Foundation

/// What the main job needs of this machine.
struct HostChecks {
    let environment: [String: String]

    var findings: [Finding] { [git, bubblewrap, userNamespaces, octobotd] + folders }

    private var path: String { environment["PATH"] ?? "" }

    private var git: Finding {
        guard let executable = HostCommand.find("git", path: path) else {
            return .problem("git", "not on PATH", remedy: "sudo apt-get install git")
        }
        guard let version = HostCommand.run(executable, ["--version"]), version.status == 0 else {
            return .problem("git", "\(executable) does not run", remedy: "sudo apt-get install --reinstall git")
        }
        return .fine("git", "\(version.line) (\(executable))")
    }

    private var bubblewrap: Finding {
        guard let executable = HostCommand.find("bwrap", path: path) else {
            return .problem(
                "bubblewrap",
                "bwrap is not on PATH; local sandboxes need it",
                remedy: "sudo apt-get install bubblewrap"
            )
        }
        guard let version = HostCommand.run(executable, ["--version"]), version.status == 0 else {
            return .problem("bubblewrap", "\(executable) does not run")
        }
        return .fine("bubblewrap", "\(version.line) (\(executable))")
    }

    /// Tried, not guessed: distributions forbid them in several ways.
    private var userNamespaces: Finding {
        let name = "user namespaces"
        guard let executable = HostCommand.find("bwrap", path: path) else {
            return .notice(name, "not tried without bubblewrap")
        }
        let arguments = ["--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
        guard let attempt = HostCommand.run(executable, arguments) else { return .problem(name, "bwrap does not run") }
        guard attempt.status == 0 else { return .problem(name, attempt.line, remedy: namespaceRemedy) }
        return .fine(name, "a sandbox can be made")
    }

    private var namespaceRemedy: String {
        if Self.setting("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
            return "sudo sysctl kernel.unprivileged_userns_clone=1"
        }
        if Self.setting("/proc/sys/user/max_user_namespaces") == "0" {
            return "sudo sysctl user.max_user_namespaces=15000"
        }
        if Self.setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
            return "Allow bwrap in AppArmor, or sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        }
        return "In a container, it has to be started so that it may make user namespaces and mount /proc."
    }

    private static func setting(_ path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    private var octobotd: Finding {
        var folders = path
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folders = (own as NSString).deletingLastPathComponent + ":" + folders
        }
        let missing = ["octobotd", "octobot-agent"].filter { HostCommand.find($0, path: folders) == nil }
        guard missing.isEmpty else {
            return .problem(
                "programs",
                "\(missing.joined(separator: ", ")) neither beside octoctl nor on PATH",
                remedy: "Install octobotd, octobot-agent and octoctl into one folder."
            )
        }
        return .fine("programs", "octobotd and octobot-agent are there")
    }

    /// The places the daemon writes to.
    private var folders: [Finding] {
        [
            ("data folder", "XDG_DATA_HOME", ".local/share"), ("state folder", "XDG_STATE_HOME", ".local/state"),
        ].map { name, variable, fallback in
            let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
            let path = (base ?? (environment["HOME"] ?? NSHomeDirectory()) + "/" + fallback) + "/octobot"
            return Self.folder(name, path)
        }
    }

    static func folder(_ name: String, _ path: String) -> Finding {
        var existing = path
        while !FileManager.default.fileExists(atPath: existing), existing != "/" {
            existing = (existing as NSString).deletingLastPathComponent
        }
        guard FilePath.isFolder(existing) else { return .problem(name, "\(existing) is no folder") }
        guard access(existing, W_OK | X_OK) == 0 else {
            return .problem(
                name,
                "\(existing) is not writable by you",
                remedy: "sudo chown \(NSUserName()) \(existing)"
            )
        }
        return .fine(name, existing == path ? path : "\(path) (will be made)")
    }
}
