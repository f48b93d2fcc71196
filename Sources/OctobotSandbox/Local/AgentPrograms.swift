import Foundation
import SandboxAgentAPI

/// Finds octobot-agent and the coding agent's command for a sandbox, and what has to be mounted for them (decisions
/// 24, 25).
struct AgentPrograms: Sendable {
    /// Where our programs stand inside.
    static let folder = "/opt/octobot/bin"

    let configuration: LocalConfiguration
    let libraries: SharedLibraries

    /// The coding agent's command as the sandbox is told it, and the mounts it needs.
    struct Command: Sendable, Equatable {
        /// `nil`: the catalogue's, or the one built in.
        var words: [String]?
        var mounts: [Mount] = []
    }

    /// The file of octobot-agent on the host.
    func agentBinary() throws(SandboxError) -> String {
        try AgentBinary.find(asked: configuration.agentBinary, searchPath: configuration.searchPath)
    }

    /// What has to be mounted for octobot-agent.
    func mounts(forAgent binary: String) throws(SandboxError) -> [Mount] {
        [.readOnly(source: binary, destination: "\(Self.folder)/octobot-agent")] + (try mounts(forLibrariesOf: binary))
    }

    /// Looks the coding agent's command up: inside first, then on the daemon's PATH.
    ///
    /// - Parameter path: The sandbox's own PATH.
    func command(of spec: SandboxSpec, home: String, path: String) throws(SandboxError) -> Command {
        guard let words = spec.agentCommand ?? AgentCatalogue[spec.agentType]?.command, let name = words.first else {
            guard AgentCatalogue[spec.agentType] != nil, spec.agentType != AgentCatalogue.custom else {
                throw .unavailable(
                    component: "agent \(spec.agentType)",
                    message: "No command is known for agents of type '\(spec.agentType)'.",
                    hint: "Create the agent with a command."
                )
            }
            return Command(words: nil)
        }
        // Unchanged it need not be told: the catalogue is known inside.
        let told = spec.agentCommand
        if name.contains("/"), !name.hasPrefix("/") { return Command(words: told) }
        let found = name.contains("/") ? name : visible(name, home: home, path: path)
        if let found, isVisible(found, home: home) { return Command(words: told) }
        guard let file = CommandSearch.find(name, path: configuration.searchPath),
            let source = CommandSearch.resolved(file)
        else {
            throw .unavailable(
                component: "agent command \(name)",
                message: "The agent's command '\(name)' is neither in the sandbox nor on octobotd's PATH.",
                hint: """
                    Install it below /usr or in a folder of octobotd's PATH, or name the folder it and its files stand \
                    in with SANDBOX_LOCAL_READABLE.
                    """
            )
        }
        let destination = name.contains("/") ? name : "\(Self.folder)/\(name)"
        return Command(
            words: told,
            mounts: [.readOnly(source: source, destination: destination)] + (try mounts(forLibrariesOf: source))
        )
    }

    /// Whether a sandbox would find a command, in its own folders or by way of the daemon's PATH.
    func has(_ name: String) -> Bool {
        let path = SandboxEnvironment.path(home: LocalProvider.homeInside, readable: configuration.readablePaths)
        // A new sandbox's home is empty.
        let empty = "/dev/null"
        if let found = visible(name, home: empty, path: path), isVisible(found, home: empty) { return true }
        return CommandSearch.find(name, path: configuration.searchPath).flatMap(CommandSearch.resolved) != nil
    }

    /// The first file of that name in the sandbox's folders, as far as the host can tell.
    private func visible(_ name: String, home: String, path: String) -> String? {
        for folder in path.split(separator: ":").map(String.init) where folder != Self.folder {
            let hostFolder =
                folder.hasPrefix(LocalProvider.homeInside)
                ? home + folder.dropFirst(LocalProvider.homeInside.count) : folder
            if let file = CommandSearch.find("\(hostFolder)/\(name)", path: "") { return file }
        }
        return nil
    }

    /// Whether the file itself, behind all its links, is among what is mounted.
    private func isVisible(_ file: String, home: String) -> Bool {
        guard CommandSearch.find(file, path: "") != nil, let target = CommandSearch.resolved(file) else { return false }
        let shown = configuration.readablePaths + [home]
        return MountPlan.shows(file, readable: shown) && MountPlan.shows(target, readable: shown)
    }

    private func mounts(forLibrariesOf program: String) throws(SandboxError) -> [Mount] {
        let folder = (program as NSString).deletingLastPathComponent
        do {
            return try libraries.libraries(of: program).map { library in
                // A library beside its program is found through `$ORIGIN`, which is another folder inside.
                let own = (library.path as NSString).deletingLastPathComponent == folder
                let name = (library.path as NSString).lastPathComponent
                return .readOnly(source: library.file, destination: own ? "\(Self.folder)/\(name)" : library.path)
            }
        } catch let error as SharedLibraries.Missing {
            throw .unavailable(
                component: (program as NSString).lastPathComponent,
                message: "'\(program)' needs libraries that are missing: \(error.names.joined(separator: ", ")).",
                hint: "Install them."
            )
        } catch {
            throw .failed("The libraries of '\(program)' could not be found out: \(error)")
        }
    }
}
