import Foundation
import OctobotModel

extension LocalProvider {
    /// The command line and the environment of a sandbox's next start.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` for a program or path that is missing.
    func plan(
        for record: SandboxRecord,
        _ tools: Launch.Tools? = nil
    ) throws(SandboxError) -> (command: [String], environment: [String: String]) {
        let id = record.spec.sessionID.rawValue
        let isOpen = configuration.isolationIsOff
        let home = isOpen ? places.home(id) : Self.homeInside
        let path =
            isOpen
            ? configuration.searchPath : SandboxEnvironment.path(home: home, readable: configuration.readablePaths)
        let agent = try configuration.command == nil ? programs.agentBinary() : nil
        let command = try programs.command(of: record.spec, home: places.home(id), path: path)
        var environment = SandboxEnvironment(spec: record.spec, home: home, path: path, command: command.words)
        if let mirror = record.spec.mirrorPath { environment.mirror = isOpen ? mirror : Self.mirrorInside }
        environment.isOpen = isOpen
        environment.daemon = configuration.environment

        var mounts = MountPlan()
        mounts.addSystem(networkIsHost: configuration.networkIsHost)
        for path in configuration.readablePaths {
            guard path.hasPrefix("/"), path != "/", FolderTree.exists(path) else {
                throw .unavailable(
                    component: "SANDBOX_LOCAL_READABLE",
                    message: "'\(path)' is no file or folder of this host.",
                    hint: "Correct or remove it in SANDBOX_LOCAL_READABLE; absolute paths are allowed."
                )
            }
        }
        mounts.add(readable: configuration.readablePaths)
        if let agent { for mount in try programs.mounts(forAgent: agent) { mounts.add(mount) } }
        for mount in command.mounts { mounts.add(mount) }
        addOwn(to: &mounts, record)

        guard let tools else { return ([], environment.variables) }
        let groups = limiting.groups?.groups(of: record.runtime) ?? []
        if isOpen {
            let words =
                configuration.command ?? [agent ?? "octobot-agent", "serve", "--socket", places.socket(record.runtime)]
            let calm = limiting.calmPrefix(nice: tools.nice)
            return (Launch.open(calm + words, groups: groups, setsid: tools.setsid), environment.variables)
        }
        if user != nil, let mirror = record.spec.mirrorPath { try FolderTree.makeReadable(mirror) }
        var words =
            configuration.command
            ?? ["\(AgentPrograms.folder)/octobot-agent", "serve", "--socket", "\(Self.runtimeInside)/agent.sock"]
        if configuration.command == nil, !configuration.networkIsHost {
            words += ["--proxy-socket", "\(Self.egressInside)/proxy.sock"]
        }
        let line = Launch.isolated(
            words,
            plan: mounts,
            home: Self.homeInside,
            networkIsHost: configuration.networkIsHost,
            user: user,
            stage: places.stage,
            groups: groups,
            limited: limiting.prefix(prlimit: tools.prlimit, nice: tools.nice),
            tools: tools
        )
        return (line, environment.variables)
    }

    /// What belongs to this one session.
    private func addOwn(to mounts: inout MountPlan, _ record: SandboxRecord) {
        let id = record.spec.sessionID.rawValue
        for file in ["passwd", "group"] {
            mounts.add(.readOnly(source: "\(places.record(id))/\(file)", destination: "/etc/\(file)"))
        }
        mounts.add(.writable(source: places.home(id), destination: Self.homeInside))
        mounts.add(.writable(source: places.runtime(record.runtime), destination: Self.runtimeInside))
        if let cache = cacheFolder(of: record.spec.projectID) {
            mounts.add(.writable(source: cache, destination: Self.cacheInside))
        }
        if !configuration.networkIsHost {
            mounts.add(.readOnly(source: places.egress, destination: Self.egressInside))
        }
        if let mirror = record.spec.mirrorPath {
            mounts.add(.readOnly(source: mirror, destination: Self.mirrorInside))
        }
        mounts.seal()
    }
}
