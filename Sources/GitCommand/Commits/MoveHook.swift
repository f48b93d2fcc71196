import Foundation

/// The `reference-transaction` hook (githooks(5)) that moves a work tree while its branch is locked.
///
/// `git update-ref` locks the branch and HEAD, compares the branch with the old commit, and runs this with `prepared`:
/// only when the work tree and the index have reached the new commit does the branch follow. Nobody can commit or switch
/// branches in between, and both run on without the daemon.
enum MoveHook {
    static let name = "reference-transaction"

    private static let script = """
        #!/bin/sh
        # Run by Octobot's own git update-ref, with the branch and HEAD locked.
        [ "$1" = prepared ] || exit 0
        if [ "$(git symbolic-ref --quiet HEAD)" != "$OCTOBOT_BRANCH" ]; then
            echo "fatal: HEAD is not $OCTOBOT_BRANCH" >&2
            exit 1
        fi
        # The last setting is core.hooksPath for this hook; what git starts from here must not meet it.
        export GIT_CONFIG_COUNT=$((GIT_CONFIG_COUNT - 1))
        exec git read-tree "$OCTOBOT_MERGE" -u --no-recurse-submodules "$OCTOBOT_OLD" "$OCTOBOT_NEW"

        """

    /// Writes the hook into a folder, made if missing; one that is there is replaced in one step.
    static func install(in folder: String) throws {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let present = FileManager.default.contents(atPath: path), present == Data(script.utf8) { return }
        let staged = path + "." + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try Data(script.utf8).write(to: URL(filePath: staged))
        guard chmod(staged, 0o755) == 0, rename(staged, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
