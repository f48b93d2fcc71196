import Foundation

/// The slash command `/octobot-commit COMMIT` that Claude Code offers in a sandbox (agent-api.md §9.1).
enum CommitCommand {
    /// What Claude Code reads: the front matter lets it commit without asking for each step.
    private static let text = """
        ---
        description: Commit the work of this session on top of a commit
        argument-hint: COMMIT
        allowed-tools: Bash(git status:*), Bash(git diff:*), Bash(git log:*), Bash(git add:*), Bash(git commit:*), \
        Bash(git rebase:*), Bash(git show:*)
        ---
        Turn the work of this session into commits on top of $ARGUMENTS:

        1. Look at `git status`, `git diff` and `git log` to see what was done and how messages are written here.
        2. Commit everything that belongs to the work, as a few commits that each make sense alone, with short subjects in \
        the imperative. Leave out files that only came about on the way.
        3. `git rebase $ARGUMENTS`. Resolve conflicts so that both sides' intentions stay; ask when that is not clear.
        4. See that `git status` is clean and `git log` shows the commits on top of $ARGUMENTS.

        Do not push, and do not change other branches.

        """

    /// Writes the command for the user of this home, unless there is one of that name.
    static func install(home: String) throws {
        let folder = home + "/.claude/commands"
        let file = folder + "/octobot-commit.md"
        guard !FileManager.default.fileExists(atPath: file) else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    }
}
