import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl hook`.
struct HookCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Scripts that run when a sandbox starts, after turns, and before commits.",
        discussion: """
            A hook is a script in .octobot/hooks of the workspace, with when it runs at its head: type session, file (with \
            a pattern) or pre-commit:

              #!/bin/sh
              #---
              # name: Lint
              # type: file
              # pattern: *.go
              #---
              exec golint $OCTOBOT_CHANGED_FILES

            Without --session the latest session of the current folder's workspace is meant.

              octoctl hook list
              octoctl hook output lint
            """,
        subcommands: [HookList.self, HookOutputCommand.self, HookRerun.self]
    )
}

/// `octoctl hook list`.
struct HookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the hooks that have run and how they did; does not start the sandbox."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    func run() async throws {
        try await global.connected { connected in
            let params = SessionTarget(
                projectID: connected.project,
                sessionID: try await connected.session(options.session)
            )
            let bytes = try await connected.client.call(ListHooks.name, params: JSONCoding.encode(params))
            let status = try connected.decode(ListHooks.Result.self, from: bytes)
            guard connected.format == .table else { return connected.console.line(bytes: bytes) }
            let hooks = status.hooks.values.sorted { $0.hookID.rawValue < $1.hookID.rawValue }
            guard !hooks.isEmpty || !status.pendingHooks.isEmpty else {
                return connected.console.note("No hook has run, or the sandbox does not run.")
            }
            connected.console.lines(
                Table(HookState.columns, hooks.map(\.cells)).lines(width: connected.console.width)
            )
            if !status.pendingHooks.isEmpty {
                connected.console.note(
                    "Still to run: \(TerminalText.line(status.pendingHooks.joined(separator: ", ")))"
                )
            }
        }
    }
}

/// `octoctl hook output`.
struct HookOutputCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "output",
        abstract: "Print what a hook wrote when it last ran."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    @Argument(help: "The hook's id.")
    var hook: String

    func run() async throws {
        try await global.connected { connected in
            let params = try await connected.hook(hook, options)
            let bytes = try await connected.client.call(ReadHookOutput.name, params: JSONCoding.encode(params))
            let result = try connected.decode(ReadHookOutput.Result.self, from: bytes)
            if connected.format == .table {
                connected.console.write(bytes: Array(result.output.utf8))
            } else {
                connected.console.line(bytes: bytes)
            }
        }
    }
}

/// `octoctl hook rerun`.
struct HookRerun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun",
        abstract: "Run a file hook again, on all changed files that match its pattern.",
        discussion: "Exit status: 0 when the hook left with status 0, else 1."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    @Argument(help: "The hook's id.")
    var hook: String

    func run() async throws {
        try await global.connected { connected in
            let params = try await connected.hook(hook, options)
            let bytes = try await connected.client.call(RerunHook.name, params: JSONCoding.encode(params))
            let result = try connected.decode(RerunHook.Result.self, from: bytes)
            connected.confirm("The hook ended with status \(result.exitCode).", bytes)
            if !result.success { throw ExitCode(1) }
        }
    }
}

extension Connected {
    /// A hook of the session that is meant.
    fileprivate func hook(_ id: String, _ options: ScriptOptions) async throws -> HookTarget {
        HookTarget(projectID: project, sessionID: try await session(options.session), hookID: HookID(id))
    }
}

extension HookState: Tabular {
    static let columns = ["ID", "NAME", "TYPE", "RESULT", "STATUS", "RUNS", "FAILED", "LAST RUN"]
    var cells: [String] {
        [
            hookID.rawValue, hookName, type.rawValue, lastResult.rawValue, "\(lastExitCode)", "\(runCount)",
            "\(failCount)", lastRunAt.short,
        ]
    }
}
