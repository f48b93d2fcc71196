import Foundation

/// `.git/hooks/pre-commit` of the clone, which runs the workspace's pre-commit hooks (agent-api.md §11.3).
///
/// It is a script of its own, for git runs it: without the variables of whoever commits, since those hold a turn's
/// credentials. Each run of a hook adds a line to a file beside its output, from which ``HookSet`` knows how it did.
struct PreCommitHook: Sendable {
    static let mark = "# octobot:managed"
    /// What of a commit's variables git's own programs need.
    private static let kept = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "GIT_DIR", "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
        "GIT_PREFIX", "GIT_EXEC_PATH",
    ]

    var gitFolder: String
    var workspace: String
    var session: String
    var records: HookRecords

    private var path: String { gitFolder + "/hooks/pre-commit" }
    private var original: String { path + ".original" }

    /// Makes the script say what the hooks are now; without any it is taken away again.
    func install(_ hooks: [HookFile]) {
        let manager = FileManager.default
        let present = manager.contents(atPath: path)
        let isOurs =
            present.map { String(decoding: $0, as: UTF8.self).contains("\n\(Self.mark)\n") } ?? false
        // A clone whose hooks cannot be changed has none of ours; commits go on.
        guard !hooks.isEmpty else {
            guard isOurs else { return }
            try? manager.removeItem(atPath: path)
            try? manager.moveItem(atPath: original, toPath: path)
            return
        }
        if present != nil, !isOurs, (try? manager.moveItem(atPath: path, toPath: original)) == nil {
            return
        }
        let text = Array(script(hooks).utf8)
        if let present, isOurs, present.elementsEqual(text) { return }
        if StateFile.replace(path, with: text) { chmod(path, 0o755) }
    }

    private func script(_ hooks: [HookFile]) -> String {
        let variables = Self.kept.map { "${\($0)+\"\($0)=$\($0)\"}" }.joined(separator: " ")
        var lines = [
            "#!/bin/sh", Self.mark,
            "# Made by octobot-agent from .octobot/hooks; changes to it are lost.",
            "original=$(dirname -- \"$0\")/pre-commit.original",
            "if [ -x \"$original\" ]; then \"$original\" \"$@\" || exit $?; fi",
            "mkdir -p \(Self.quoted(records.folder))/output",
            "run() {",
            "    id=$1 log=\(Self.quoted(records.folder))/output/$1.log at=$(date +%s)",
            "    env -i \(variables) OCTOBOT_HOOK_TYPE=pre-commit OCTOBOT_SESSION_ID=\(Self.quoted(session)) \\",
            "        OCTOBOT_WORKSPACE=\(Self.quoted(workspace)) \"$2\" > \"$log\" 2>&1 < /dev/null",
            "    code=$?",
            "    cat \"$log\"",
            "    echo \"$code $at\" >> \(Self.quoted(records.folder))/output/$id.runs",
            "    return $code",
            "}",
        ]
        lines += hooks.map { "run \($0.id) \(Self.quoted($0.path)) || exit $?" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

    /// How a hook did, from what its runs left; `nil` when it has not run.
    func status(of hook: HookFile) -> HookRun? {
        let path = "\(records.folder)/output/\(hook.id).runs"
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let text = String(decoding: (try? file.read(upToCount: 1 << 20)) ?? Data(), as: UTF8.self)
        let runs = text.split(separator: "\n").compactMap { line -> (code: Int, at: Double)? in
            let words = line.split(separator: " ")
            guard words.count == 2, let code = Int(words[0]), let at = Double(words[1]), at.isFinite
            else { return nil }
            return (min(max(code, 0), 255), at)
        }
        guard let last = runs.last else { return nil }
        return HookRun(
            at: AgentTime.text(Date(timeIntervalSince1970: min(max(last.at, 0), 253_402_300_799))),
            code: last.code,
            runs: runs.count,
            failures: runs.count { $0.code != 0 },
            consecutive: runs.reversed().prefix { $0.code != 0 }.count
        )
    }

    struct HookRun {
        var at: String
        var code: Int
        var runs: Int
        var failures: Int
        var consecutive: Int
    }
}
