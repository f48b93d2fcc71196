import ArgumentParser

/// `octoctl exec`: running a program, unless another verb is named.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: ExecOptions.abstract,
        usage: "octoctl exec [SESSION] [options] -- PROGRAM [ARGUMENT ...]",
        discussion: ExecOptions.discussion,
        subcommands: [ExecRun.self, ExecSubscribe.self],
        defaultSubcommand: ExecRun.self
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExecOptions
}

/// `octoctl exec run`, which is what `octoctl exec` means.
struct ExecRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: ExecOptions.abstract,
        discussion: "See 'octoctl exec --help'."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExecOptions
    @OptionGroup var program: ExecProgram

    func run() async throws { try await ProgramRun(options: options, program: program).run(global) }
}

/// `octoctl session exec`.
struct SessionExec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: ExecOptions.abstract,
        discussion: ExecOptions.discussion
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExecOptions
    @OptionGroup var program: ExecProgram

    func run() async throws { try await ProgramRun(options: options, program: program).run(global) }
}

/// `octoctl exec subscribe`.
struct ExecSubscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Run a program and print the notifications of its output, one a line.",
        discussion: "The exit status is the program's, as with 'octoctl exec'."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExecOptions
    @OptionGroup var program: ExecProgram

    func run() async throws {
        try await global.connected { connected in
            try await ProgramRun(options: options, program: program).run(connected, printing: .notifications)
        }
    }
}
