import DockerEngine
import Foundation
import Synchronization

/// Brings octobot-agent into the engine: once for each build of it, as a volume that sandboxes see read-only.
///
/// The libraries it needs, but for glibc's own, stand beside it, where it looks for them first.
final class DockerAgentFiles: Sendable {
    /// The program and its libraries on this host.
    struct Host: Sendable {
        var entries: [TarEntry]
        /// Names the build: other bytes have another one.
        var identity: String
    }

    private static let marker = ".complete"

    private let configuration: DockerConfiguration
    private let known = Mutex<Set<String>>([])
    /// What was found last, by what tells a newer file.
    private let found = Mutex<(program: String, host: Host)?>(nil)
    private let locks = KeyedLocks<String>()

    init(_ configuration: DockerConfiguration) {
        self.configuration = configuration
    }

    /// Looks the program up; blocks the first time.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` when it or a library is missing.
    func host() throws(SandboxError) -> Host {
        let binary = try AgentBinary.find(asked: configuration.agentBinary, searchPath: configuration.searchPath)
        var program = stat()
        guard stat(binary, &program) == 0 else { throw .failed("'\(binary)' cannot be looked at.") }
        let stamp = "\(binary) \(program.st_size) \(program.st_mtim.tv_sec) \(program.st_mtim.tv_nsec)"
        if let found = found.withLock({ $0 }), found.program == stamp { return found.host }
        var files = [(name: "octobot-agent", path: binary)]
        for library in try AgentBinary.libraries(of: binary) {
            files.append(((library.path as NSString).lastPathComponent, library.file))
        }
        var entries: [TarEntry] = []
        // FNV-1a over what changes with every build.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (name, path) in files {
            var facts = stat()
            guard stat(path, &facts) == 0 else { throw .failed("'\(path)' cannot be looked at.") }
            let size = Int64(facts.st_size)
            for byte in "\(name) \(size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec)\n".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
            }
            entries.append(TarEntry(name, .file(path: path, size: size), mode: 0o755))
        }
        let text = String(hash, radix: 16)
        let host = Host(entries: entries, identity: String(repeating: "0", count: 16 - text.count) + text)
        found.withLock { $0 = (stamp, host) }
        return host
    }

    /// The name of a volume with the program in it.
    ///
    /// - Parameter image: Any image the engine has; the container that fills the volume is made of it and never runs.
    func volume(of host: Host, _ client: DockerClient, image: String) async throws(SandboxError) -> String {
        let name = DockerNames.agentVolume(host.identity)
        try await locks.withLock(name) { () async throws(SandboxError) in
            do throws(DockerError) {
                if known.withLock({ $0.contains(name) }) {
                    do throws(DockerError) {
                        _ = try await client.inspectVolume(name)
                        return
                    } catch {
                        guard case .notFound = error else { throw error }
                    }
                }
                try await fill(name, host, client, image)
            } catch {
                throw SandboxError(error)
            }
            known.withLock { _ = $0.insert(name) }
        }
        return name
    }

    private func fill(
        _ name: String,
        _ host: Host,
        _ client: DockerClient,
        _ image: String
    ) async throws(DockerError) {
        let label = "\(DockerLabel.helper)=\(configuration.installation)"
        // Left by a daemon that died here.
        for left in try await client.listContainers(labels: [label]) { try? await client.removeContainer(left.id) }
        let labels = [
            DockerLabel.managed: "true", DockerLabel.kind: "agent",
            DockerLabel.installation: configuration.installation,
        ]
        let volume = try await client.createVolume(name, labels: labels)
        guard volume.labels?[DockerLabel.kind] == "agent" else {
            throw .conflict("The volume '\(name)' does not belong to octobotd.")
        }
        var spec = ContainerSpec(image: image)
        spec.entrypoint = ["\(DockerNames.agentFolder)/octobot-agent"]
        spec.labels = [DockerLabel.helper: configuration.installation]
        spec.mounts = [.init(.volume, source: name, target: DockerNames.agentFolder, copiesImage: false)]
        let helper = try await client.createContainer(spec)
        let result: Result<Void, DockerError>
        do throws(DockerError) {
            if try await client.stat("\(DockerNames.agentFolder)/\(Self.marker)", in: helper) == nil {
                let marker = TarEntry(Self.marker, .bytes([]), mode: 0o644)
                try await client.putArchive(host.entries + [marker], into: helper, at: DockerNames.agentFolder)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // One that stays is removed the next time.
        try? await client.removeContainer(helper)
        try result.get()
        await removeOld(but: name, client)
    }

    /// Removes the volumes of earlier builds that no sandbox uses.
    private func removeOld(but name: String, _ client: DockerClient) async {
        let labels = ["\(DockerLabel.kind)=agent", "\(DockerLabel.installation)=\(configuration.installation)"]
        // Room is all that is lost by one that stays.
        for volume in (try? await client.listVolumes(labels: labels)) ?? [] where volume.name != name {
            try? await client.removeVolume(volume.name)
        }
    }
}
