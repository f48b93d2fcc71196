import Foundation
package import Logging

/// The git program with the environments we run it in; one per process.
///
/// Every child gets descriptors 0 to 2 and no other (swift-subprocess closes the rest), leads a session of its own, and
/// is ended with its whole process group when the task is cancelled, the deadline passes or the output is too large.
package struct Git: Sendable {
    /// Work on repositories of ours: no configuration but the file this process wrote, local transport only.
    package let isolated: GitEnvironment
    let inherited: [String: String]
    let users: UserConfigurations
    /// One lock per repository.
    package let locks = KeyedLocks()
    let logger: Logger
    /// The folder of ours.
    let folder: String

    /// Prepares a folder of ours that holds the configuration git runs with.
    ///
    /// `environment` is the process's own: `PATH` finds git, the rest is used only for fetching URLs and for reading
    /// the user's configuration.
    package init(
        directory: String,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger = Logger(label: "git")
    ) throws(GitError) {
        ignoreBrokenPipes()
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let file = directory + "/gitconfig"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(Self.configuration.utf8).write(to: URL(filePath: file), options: .atomic)
            try FileManager.default.createDirectory(atPath: directory + "/moves", withIntermediateDirectories: true)
            try MoveHook.install(in: directory + "/hooks")
        } catch {
            throw .fileSystem("cannot write \(file): \(error.localizedDescription)")
        }
        isolated = .isolated(path: path, configurationPath: file)
        inherited = environment
        users = UserConfigurations()
        self.logger = logger
        folder = directory
    }

    /// What stands in `GIT_CONFIG_GLOBAL`, also for the `upload-pack` a local fetch starts.
    private static let configuration = """
        [safe]
        \tdirectory = *
        [core]
        \thooksPath = /dev/null
        \tfsmonitor = false
        [gc]
        \tauto = 0
        [uploadpack]
        \tallowAnySHA1InWant = true

        """
}

/// A peer that closes its pipe is an error of that write, not the end of the process.
private func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}
