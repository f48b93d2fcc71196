import DockerEngine
import JSONText
import OctobotModel
import Synchronization

extension DockerProvider {
    package func create(_ spec: SandboxSpec) async throws(SandboxError) {
        let id = spec.sessionID
        guard id.isValid else { throw .failed("'\(id)' cannot be a session id.") }
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard try await container(id) == nil else { throw .alreadyExists(id) }
            state.withLock { _ = $0.ending.remove(id) }
            try await make(spec, DockerRecord(spec: spec))
        }
    }

    /// Makes everything a sandbox is of; the session's lock is held.
    func make(_ spec: SandboxSpec, _ record: DockerRecord) async throws(SandboxError) {
        let id = spec.sessionID
        let client = try client()
        let image = try await images.ensure(configuration.image, client)
        var agent: String?
        if configuration.command == nil {
            let host = try await blocking { [agentFiles] () throws(SandboxError) in try agentFiles.host() }
            agent = try await agentFiles.volume(of: host, client, image: image.id)
        }
        let info = try await ask { client throws(DockerError) in try await client.info() }
        let network = try await network(info)
        let isNew = try await makeDataVolume(spec)
        var notes = network.notes
        var mounts = [ContainerSpec.Mount(.volume, source: DockerNames.dataVolume(id), target: DockerNames.home)]
        if let agent {
            mounts.append(
                .init(.volume, source: agent, target: DockerNames.agentFolder, isReadOnly: true, copiesImage: false)
            )
        }
        if let mirror = spec.mirrorPath {
            mounts.append(.init(.bind, source: mirror, target: DockerNames.mirror, isReadOnly: true))
        }
        let cache = try await makeCacheVolume(spec.projectID)
        if let cache { mounts.append(.init(.volume, source: cache, target: DockerNames.cache)) }
        var container = try containerSpec(spec, image: image, info, &notes)
        container.network = network.id
        container.mounts = mounts
        container.labels[DockerLabel.isolation] = notes.joined(separator: ",")
        try await note(record)
        do throws(SandboxError) {
            let made = try await create(container, id)
            do throws(SandboxError) {
                try await prepare(made, hasCache: cache != nil)
            } catch {
                _ = try await find { client throws(DockerError) in
                    try await client.removeContainer(made, isForced: true)
                }
                throw error
            }
        } catch {
            if isNew {
                _ = try await find { client throws(DockerError) in
                    try await client.removeVolume(DockerNames.dataVolume(id))
                }
                try await forget(id)
            }
            throw error
        }
    }

    private func create(_ spec: ContainerSpec, _ id: SessionID) async throws(SandboxError) -> String {
        let name = DockerNames.container(id)
        let client = try client()
        do throws(DockerError) {
            return try await client.createContainer(spec, name: name)
        } catch {
            guard case .conflict = error else { throw SandboxError(error) }
            guard try await container(id) == nil else { throw .alreadyExists(id) }
            throw .failed(
                "The container name '\(name)' is taken by one that does not belong to this octobotd; it is left alone."
            )
        }
    }

    private func containerSpec(
        _ spec: SandboxSpec,
        image: ImageDetails,
        _ info: EngineInfo,
        _ notes: inout [String]
    ) throws(SandboxError) -> ContainerSpec {
        if limits.memoryBytes == nil || info.enforcesMemory == false { notes.append("memory=unlimited") }
        if limits.processes == nil || info.enforcesProcesses == false { notes.append("processes=unlimited") }
        var container = ContainerSpec(image: image.id)
        container.hostname = "octobot"
        container.user = "\(DockerNames.user):\(DockerNames.user)"
        container.workingFolder = DockerNames.home
        let command = configuration.command ?? ["\(DockerNames.agentFolder)/octobot-agent", "serve", "--port", "3002"]
        container.entrypoint = [command[0]]
        container.command = Array(command.dropFirst())
        container.environment = environment(of: spec, image)
        container.labels = ownLabels
        container.labels[DockerLabel.session] = spec.sessionID.rawValue
        container.labels[DockerLabel.workspace] = spec.workspaceID.rawValue
        container.labels[DockerLabel.project] = spec.projectID.rawValue
        container.labels[DockerLabel.spec] = try Self.text(of: spec)
        container.labels[DockerLabel.image] = configuration.image
        container.ports = [.init(container: DockerNames.port, hostAddress: "127.0.0.1")]
        // Without a size it would be half of the machine's memory; what is in it counts as the sandbox's own.
        let room = limits.memoryBytes.map { $0 / 4 } ?? (2 << 30)
        container.memoryFolders = ["/tmp": "exec,nosuid,nodev,mode=1777,size=\(room)"]
        container.memoryBytes = limits.memoryBytes
        container.processes = limits.processes.map { Int64($0) }
        // The engine refuses more processors than there are.
        container.nanoProcessors = limits.processors.map { Int64(min($0, Double(info.processors)) * 1_000_000_000) }
        // Whatever goes on in it, the daemon and the rest of the machine go first.
        container.processorShares = 512
        container.droppedCapabilities = ["ALL"]
        container.securityOptions = ["no-new-privileges"]
        if info.filtersSystemCalls {
            container.securityOptions.append("seccomp=\(DockerSystemCalls.profile)")
        } else {
            notes.append("systemCalls=unfiltered")
        }
        container.logDriver = "json-file"
        container.logOptions = ["max-size": "10m", "max-file": "3"]
        return container
    }

    private func environment(of spec: SandboxSpec, _ image: ImageDetails) -> [String: String] {
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let path = "\(DockerNames.agentFolder):\(DockerNames.home)/.local/bin:\(image.environment["PATH"] ?? system)"
        var environment = SandboxEnvironment(
            spec: spec,
            home: DockerNames.home,
            path: path,
            command: spec.agentCommand
        )
        environment.daemon = configuration.environment
        if spec.mirrorPath != nil { environment.mirror = DockerNames.mirror }
        var variables = environment.variables
        variables["CACHE_ENABLED"] = configuration.hasCaches ? "true" : "false"
        return variables
    }

    static func text(of spec: SandboxSpec) throws(SandboxError) -> String {
        do {
            return String(decoding: try JSONCoding.encode(spec), as: UTF8.self)
        } catch {
            throw .failed("The sandbox's description cannot be written: \(error)")
        }
    }

    // MARK: Volumes

    /// Makes the session's data volume unless it is there.
    ///
    /// - Returns: Whether it was made.
    private func makeDataVolume(_ spec: SandboxSpec) async throws(SandboxError) -> Bool {
        let name = DockerNames.dataVolume(spec.sessionID)
        if let volume = try await find({ client throws(DockerError) in try await client.inspectVolume(name) }) {
            guard isOwn(volume.labels) else {
                throw .failed("The volume '\(name)' does not belong to this octobotd; it is left alone.")
            }
            return false
        }
        var labels = ownLabels
        labels[DockerLabel.session] = spec.sessionID.rawValue
        labels[DockerLabel.project] = spec.projectID.rawValue
        labels[DockerLabel.kind] = "data"
        labels[DockerLabel.spec] = try Self.text(of: spec)
        _ = try await ask { client throws(DockerError) in try await client.createVolume(name, labels: labels) }
        return true
    }

    /// Gives a container that was just made its user and that user's folders.
    private func prepare(_ container: String, hasCache: Bool) async throws(SandboxError) {
        var entries: [TarEntry] = []
        try await addAccount(
            "etc/passwd",
            "octobot:x:\(DockerNames.user):\(DockerNames.user):Octobot:\(DockerNames.home):/bin/sh",
            "root:x:0:0:root:/root:/bin/sh",
            of: container,
            to: &entries
        )
        try await addAccount(
            "etc/group",
            "octobot:x:\(DockerNames.user):",
            "root:x:0:",
            of: container,
            to: &entries
        )
        let (uid, gid) = (DockerNames.user, DockerNames.user)
        entries.append(TarEntry("home/octobot", .folder, mode: 0o755, uid: uid, gid: gid))
        if hasCache {
            entries.append(TarEntry(".data", .folder, mode: 0o755))
            entries.append(TarEntry(".data/cache", .folder, mode: 0o777, uid: uid, gid: gid))
        }
        try await ask { client throws(DockerError) in try await client.putArchive(entries, into: container, at: "/") }
    }

    /// Adds a line for uid or gid 1000 to a file of accounts that has none.
    private func addAccount(
        _ path: String,
        _ line: String,
        _ root: String,
        of container: String,
        to entries: inout [TarEntry]
    ) async throws(SandboxError) {
        let found = try await find { client throws(DockerError) in
            try await client.archive(of: "/" + path, in: container, maximum: 1 << 20)
        }
        guard let file = found?.first else {
            entries.append(TarEntry(path, .bytes(Array("\(root)\n\(line)\n".utf8)), mode: 0o644))
            return
        }
        guard case .bytes(let bytes) = file.content else { return }
        var text = String(decoding: bytes, as: UTF8.self)
        let isThere = text.split(separator: "\n").contains { account in
            let fields = account.split(separator: ":", omittingEmptySubsequences: false)
            return fields.count > 2 && fields[2] == "\(DockerNames.user)"
        }
        guard !isThere else { return }
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        entries.append(TarEntry(path, .bytes(Array("\(text)\(line)\n".utf8)), mode: file.mode & 0o777))
    }
}
