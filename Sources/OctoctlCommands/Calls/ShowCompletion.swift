import ArgumentParser

/// `octoctl completion`.
struct ShowCompletion: ParsableCommand {
    /// The shells there are scripts for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the completion script of a shell.",
        discussion: """
              octoctl completion bash > ~/.local/share/bash-completion/completions/octoctl
              octoctl completion zsh > ~/.zfunc/_octoctl
              octoctl completion fish > ~/.config/fish/completions/octoctl.fish
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The shell.")
    var shell: Shell

    func run() {
        Console.standard.line(Octoctl.completionScript(for: shell.shell))
    }
}
