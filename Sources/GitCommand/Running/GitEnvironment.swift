import Foundation

/// The environment of a run of git: nothing of the daemon's own is inherited but what is listed here.
package struct GitEnvironment: Sendable {
    var variables: [String: String]
    /// Settings with the precedence of `-c`, which a repository's own configuration cannot override.
    var settings: [(key: String, value: String)]
    /// The user git runs as, when that is not the daemon's.
    var account: Account?

    /// A user and its primary group.
    struct Account: Sendable, Equatable {
        var userID: UInt32
        var groupID: UInt32
    }

    /// The environment as handed to the process; settings travel as `GIT_CONFIG_COUNT` (git-config(1), ENVIRONMENT).
    var flattened: [String: String] {
        var result = variables
        result["GIT_CONFIG_COUNT"] = String(settings.count)
        for (index, setting) in settings.enumerated() {
            result["GIT_CONFIG_KEY_\(index)"] = setting.key
            result["GIT_CONFIG_VALUE_\(index)"] = setting.value
        }
        return result
    }

    /// The program and its arguments that run git with `arguments` as ``account``.
    ///
    /// Another user's git is started through `setpriv`: glibc's own calls for that may wait for ever in a process that was
    /// forked while threads came and went.
    func command(_ arguments: [String]) -> (program: String, arguments: [String]) {
        guard let account else { return ("git", arguments) }
        let switching = ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--", "git"]
        return ("setpriv", switching + arguments)
    }

    /// The same with more variables; those given win.
    package func adding(_ extra: [String: String]) -> GitEnvironment {
        var copy = self
        copy.variables.merge(extra) { $1 }
        return copy
    }
}

extension GitEnvironment {
    /// Settings that hold in every run: nothing a repository configures is executed, nothing runs in the background.
    private static let common: [(key: String, value: String)] = [
        ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"), ("core.pager", "cat"), ("core.editor", ":"),
        ("core.alternateRefsCommand", "true"), ("sequence.editor", ":"), ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("commit.gpgSign", "false"), ("tag.gpgSign", "false"), ("gpg.program", "/bin/false"),
        ("core.quotePath", "false"), ("core.protectHFS", "true"), ("core.protectNTFS", "true"),
        ("submodule.recurse", "false"), ("fetch.recurseSubmodules", "false"), ("fetch.writeCommitGraph", "false"),
        ("advice.detachedHead", "false"), ("safe.directory", "*"),
    ]

    private static let quiet = [
        "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false", "LC_ALL": "C",
        "GIT_PAGER": "cat", "GIT_EDITOR": ":", "GIT_SEQUENCE_EDITOR": ":", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ATTR_NOSYSTEM": "1", "GIT_MERGE_AUTOEDIT": "no",
    ]

    /// Work on repositories of ours: only local transport, no configuration but `configurationPath`.
    ///
    /// The file is needed beside the settings because `upload-pack`, started by a fetch, does not see those.
    static func isolated(path: String, configurationPath: String) -> GitEnvironment {
        var variables = quiet
        variables["PATH"] = path
        variables["HOME"] = "/nonexistent"
        variables["XDG_CONFIG_HOME"] = "/nonexistent"
        variables["GIT_CONFIG_GLOBAL"] = configurationPath
        variables["GIT_CONFIG_NOSYSTEM"] = "1"
        variables["GIT_ALLOW_PROTOCOL"] = "file"
        let local: [(key: String, value: String)] = [
            ("core.sshCommand", "/bin/false"), ("core.askPass", "/bin/false"), ("credential.helper", ""),
            ("core.attributesFile", "/dev/null"), ("protocol.allow", "never"), ("protocol.file.allow", "always"),
        ]
        return GitEnvironment(variables: variables, settings: common + local)
    }

    /// Clone and fetch of URLs: the user's own configuration, credential helpers and SSH agent; https and ssh only.
    static func network(inherited: [String: String]) -> GitEnvironment {
        var variables = inherited.filter { !$0.key.hasPrefix("GIT_") }
        variables.merge(quiet) { $1 }
        variables["GIT_ATTR_NOSYSTEM"] = nil
        variables["GIT_ALLOW_PROTOCOL"] = "https:ssh"
        variables["GIT_SSH_COMMAND"] =
            inherited["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes -o ConnectTimeout=20"
        return GitEnvironment(variables: variables, settings: common + [("protocol.ext.allow", "never")])
    }
}
