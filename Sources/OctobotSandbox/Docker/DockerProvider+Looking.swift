import DockerEngine
import JSONText
package import OctobotModel
import Synchronization

extension DockerProvider {
    package func sandbox(_ id: SessionID) async throws(SandboxError) -> Sandbox? {
        if let details = try await container(id) {
            return try await view(details, current: try await current())
        }
        state.withLock { $0.ports[id] = nil }
        guard let record = try await record(id), record.isKept else { return nil }
        return view(record.spec, .stopped)
    }

    package func list() async throws(SandboxError) -> [Sandbox] {
        let installation = "\(DockerLabel.installation)=\(configuration.installation)"
        let found = try await ask { client throws(DockerError) in
            try await client.listContainers(labels: ["\(DockerLabel.managed)=true", installation])
        }
        let current = try await current()
        var sandboxes: [Sandbox] = []
        for summary in found {
            guard let id = summary.labels[DockerLabel.session].map({ SessionID($0) }),
                summary.name == DockerNames.container(id),
                // How it ended is in no list; what is gone since is in none any more either.
                let details = try await container(id)
            else { continue }
            sandboxes.append(try await view(details, current: current))
        }
        return sandboxes.sorted { $0.sessionID.rawValue < $1.sessionID.rawValue }
    }

    /// What a new sandbox would be made from; `nil` for what is not there.
    struct Current: Sendable {
        /// The id of its image.
        var image: String?
        /// The volume of its octobot-agent.
        var agent: String?

        func isNewer(than details: ContainerDetails) -> Bool {
            if let image, image != details.imageID { return true }
            let mounted = details.mounts.first { $0.destination == DockerNames.agentFolder }?.name
            guard let agent, let mounted else { return false }
            return agent != mounted
        }
    }

    private func current() async throws(SandboxError) -> Current {
        let image = try await find { [configuration] client throws(DockerError) in
            try await client.inspectImage(configuration.image).id
        }
        // Without one nothing is newer.
        let agent = try? await blocking { [agentFiles] () throws(SandboxError) in
            DockerNames.agentVolume(try agentFiles.host().identity)
        }
        return Current(image: image, agent: agent)
    }

    /// A container as a sandbox; notes where its agent is to be found.
    func view(_ details: ContainerDetails, current: Current = Current()) async throws(SandboxError) -> Sandbox {
        let spec = try Self.spec(of: details)
        let id = spec.sessionID
        note(port: details.state.phase == .running ? Self.port(of: details) : nil, of: id)
        let (status, error) = try await status(of: details, id)
        var sandbox = view(spec, status)
        sandbox.error = error
        sandbox.isolationNotes = (details.labels[DockerLabel.isolation] ?? "").split(separator: ",").map(String.init)
        sandbox.isOutdated = current.isNewer(than: details)
        sandbox.image = details.labels[DockerLabel.image] ?? details.image
        return sandbox
    }

    private func view(_ spec: SandboxSpec, _ status: SandboxStatus) -> Sandbox {
        Sandbox(
            sessionID: spec.sessionID,
            workspaceID: spec.workspaceID,
            projectID: spec.projectID,
            status: status,
            installation: configuration.installation
        )
    }

    /// How far a container is, and why it failed (behaviour.md §10.4).
    private func status(
        of details: ContainerDetails,
        _ id: SessionID
    ) async throws(SandboxError) -> (SandboxStatus, String?) {
        let now = details.state
        switch now.phase {
        case .running: return (.running, nil)
        case .paused: return (.stopped, "The sandbox is paused.")
        case .restarting: return (.stopped, nil)
        case .removing: return (.stopped, SandboxEnd.removed)
        case .created, .exited, .dead: break
        }
        let record = try await record(id)
        if let failure = record?.failure { return (.failed, failure) }
        if record?.wasStopped == true || state.withLock({ $0.ending.contains(id) }) { return (.stopped, nil) }
        if now.phase == .created, now.exitCode == 0, now.error.isEmpty { return (.created, nil) }
        if !now.error.isEmpty { return (.failed, now.error) }
        // 143: it was asked to end, by whomever.
        if now.exitCode == 0 || now.exitCode == 143 { return (.stopped, SandboxEnd.stopped) }
        let isStarved = now.wasKilledForMemory || state.withLock { $0.starved.contains(details.id) }
        let log = await log(of: details.id)
        let cause =
            isStarved
            ? "The sandbox ran out of memory." : SandboxEnd.cause(status: Int32(clamping: now.exitCode), log: log)
        return (.failed, SandboxEnd.message(cause, log: log))
    }

    /// The last lines a container wrote; none when they cannot be had, which is no reason to hide why it failed.
    func log(of container: String) async -> String {
        let bytes = try? await ask { client throws(DockerError) in try await client.containerLog(container, lines: 20) }
        return String(decoding: bytes ?? [], as: UTF8.self)
            .split(separator: "\n").suffix(20).map { $0.prefix(300) }.joined(separator: "\n")
    }

    /// What a container was made from.
    static func spec(of details: ContainerDetails) throws(SandboxError) -> SandboxSpec {
        try spec(in: details.labels, of: details.name)
    }

    static func spec(in labels: [String: String], of name: String) throws(SandboxError) -> SandboxSpec {
        do {
            let spec = try JSONCoding.decode(SandboxSpec.self, from: (labels[DockerLabel.spec] ?? "").utf8)
            if spec.sessionID.rawValue == labels[DockerLabel.session] { return spec }
        } catch {
            // Said below.
        }
        throw .failed("The label '\(DockerLabel.spec)' of '\(name)' cannot be read.")
    }
}
