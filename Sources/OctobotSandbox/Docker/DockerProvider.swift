import DockerAddress
import DockerEngine
import Foundation
package import Logging
import NIOPosix
package import OctobotModel
import SandboxAgentAPI
import Synchronization

/// Sandboxes as containers of a Docker Engine on this machine (design.md §6).
///
/// The engine knows them; what this object remembers can be asked of it again. Nothing is asked before it is needed.
package final class DockerProvider: SandboxProvider {
    struct State {
        var client: DockerClient?
        /// Where the agents of sandboxes that run are published on 127.0.0.1, and when the engine said so.
        var ports: [SessionID: (port: Int, seenAt: ContinuousClock.Instant)] = [:]
        /// Whose end is wanted: it is a stop, not a failure, and a start under way gives up.
        var ending: Set<SessionID> = []
        /// Containers in which a process was killed for memory since their start.
        var starved: Set<String> = []
    }

    package let name = "docker"
    let configuration: DockerConfiguration
    let images: DockerImages
    let agentFiles: DockerAgentFiles
    let state = Mutex(State())
    let locks = KeyedLocks<SessionID>()
    let logger: Logger

    package init(_ configuration: DockerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        images = DockerImages(environment: configuration.environment, logger: logger)
        agentFiles = DockerAgentFiles(configuration)
    }

    package var limits: SandboxLimits { configuration.limits.limits }

    package func status() async -> ProviderStatus {
        var details = ["image": configuration.image, "network": configuration.network ?? DockerNames.network]
        do throws(SandboxError) {
            let (version, info) = try await ask { client throws(DockerError) in
                _ = try await client.ping(limit: .seconds(2))
                _ = try await client.version()
                return (try await client.engineVersion(), try await client.info())
            }
            details["engine"] = version.version
            details["socket"] = try client().socket
            details["memory"] = limits.memoryBytes.map { "\($0 >> 20) MiB" } ?? "unlimited"
            details["processes"] = limits.processes.map(String.init) ?? "unlimited"
            details["disk"] = configuration.limits.diskDetail
            details["processors"] = "\(limits.processors ?? Double(info.processors))"
            if let pull = images.progress(of: configuration.image) {
                return ProviderStatus(available: true, state: .downloading, message: pull, details: details)
            }
            try await images.check(configuration.image, try client())
            if configuration.command == nil {
                _ = try await blocking { [agentFiles] () throws(SandboxError) in try agentFiles.host() }
            }
            return ProviderStatus(available: true, state: .ready, details: details)
        } catch .unavailable(_, let message, let hint) {
            return ProviderStatus(
                available: false,
                state: .notAvailable,
                message: "\(message) \(hint)",
                details: details
            )
        } catch {
            return ProviderStatus(available: false, state: .failed, message: error.description, details: details)
        }
    }

    package var imagePulls: AsyncStream<ImagePull> { images.news }

    package func prepareImage() async {
        do {
            _ = try await images.ensure(configuration.image, try client())
        } catch {
            // Without an engine, or without the image: whoever wants a sandbox is told.
            logger.debug("No sandbox image yet", metadata: ["error": "\(error)"])
        }
    }

    /// Told by the image's label; nothing is known of images that have none, or are not there yet.
    package func commands(_ names: Set<String>) async -> [String: Bool] {
        do throws(SandboxError) {
            guard let label = try await images.label(DockerLabel.agents, of: configuration.image, try client()) else {
                return [:]
            }
            let types = Set(label.split(separator: ",").map(String.init))
            let programs = Set(AgentCatalogue.all.filter { types.contains($0.id) }.compactMap { $0.command?.first })
            let known = Set(AgentCatalogue.all.compactMap { $0.command?.first })
            return Dictionary(uniqueKeysWithValues: names.intersection(known).map { ($0, programs.contains($0)) })
        } catch {
            logger.debug("The image could not be looked into", metadata: ["error": "\(error)"])
            return [:]
        }
    }

    package func agent(_ id: SessionID, secret: String) throws(SandboxError) -> any SandboxAgent {
        guard id.isValid else { throw .notFound(id) }
        return HTTPSandboxAgent(secret: secret) { [self] () async throws(SandboxAgentError) in
            try await endpoint(of: id)
        }
    }

    /// Where the agent of a sandbox that runs is published now.
    ///
    /// A port that was given up may be another program's the next moment, which must not be told the sandbox's secret: the
    /// engine's word on it is taken for ``DockerConfiguration/portTrust``, then it is asked again.
    private func endpoint(of id: SessionID) async throws(SandboxAgentError) -> AgentEndpoint {
        if let known = state.withLock({ $0.ports[id] }), known.seenAt + configuration.portTrust > .now {
            return .tcp(host: "127.0.0.1", port: known.port)
        }
        let begin = ContinuousClock.now
        let details: ContainerDetails?
        do {
            details = try await container(id)
        } catch {
            throw .unreachable("its engine cannot be asked: \(error)")
        }
        guard let details, details.state.phase == .running, let port = Self.port(of: details) else {
            state.withLock { $0.ports[id] = nil }
            throw .unreachable("its container does not run")
        }
        // As old as the question: what was heard meanwhile is newer.
        state.withLock { if $0.ports[id].map({ $0.seenAt < begin }) ?? true { $0.ports[id] = (port, begin) } }
        return .tcp(host: "127.0.0.1", port: port)
    }

    static func port(of details: ContainerDetails) -> Int? { details.ports["\(DockerNames.port)/tcp"]?.first?.port }

    /// Remembers where an agent is published; `nil` when it is not.
    func note(port: Int?, of id: SessionID) {
        state.withLock { $0.ports[id] = port.map { ($0, .now) } }
    }

    // MARK: The engine

    /// The client of the engine that is configured now.
    func client() throws(SandboxError) -> DockerClient {
        let socket: String
        do {
            socket = try DockerHost.socket(environment: configuration.environment)
        } catch {
            throw SandboxError(error)
        }
        return state.withLock { state in
            if let client = state.client, client.socket == socket { return client }
            let client = DockerClient(socket: socket)
            state.client = client
            return client
        }
    }

    /// Asks the engine, and makes its errors ours.
    func ask<Value>(
        _ question: (DockerClient) async throws(DockerError) -> Value
    ) async throws(SandboxError) -> Value {
        let client = try client()
        do {
            return try await question(client)
        } catch {
            throw SandboxError(error)
        }
    }

    /// The same, with `nil` for what is not there.
    func find<Value>(
        _ question: (DockerClient) async throws(DockerError) -> Value
    ) async throws(SandboxError) -> Value? {
        let client = try client()
        do {
            return try await question(client)
        } catch {
            guard case .notFound = error else { throw SandboxError(error) }
            return nil
        }
    }

    /// The labels everything of this data folder carries.
    var ownLabels: [String: String] {
        [DockerLabel.managed: "true", DockerLabel.installation: configuration.installation]
    }

    func isOwn(_ labels: [String: String]?) -> Bool {
        labels?[DockerLabel.managed] == "true" && labels?[DockerLabel.installation] == configuration.installation
    }

    /// The session's container; `nil` when there is none that is ours.
    func container(_ id: SessionID) async throws(SandboxError) -> ContainerDetails? {
        guard id.isValid else { return nil }
        let details = try await find { client throws(DockerError) in
            try await client.inspectContainer(DockerNames.container(id))
        }
        guard let details, isOwn(details.labels), details.labels[DockerLabel.session] == id.rawValue else { return nil }
        return details
    }

    // MARK: Records

    func record(_ id: SessionID) async throws(SandboxError) -> DockerRecord? {
        guard id.isValid else { return nil }
        return try await blocking { [configuration] in DockerRecord.read(configuration.recordFile(id.rawValue)) }
    }

    func note(_ record: DockerRecord) async throws(SandboxError) {
        try await blocking { [configuration] () throws(SandboxError) in
            try record.write(configuration.recordFile(record.spec.sessionID.rawValue))
        }
    }

    func forget(_ id: SessionID) async throws(SandboxError) {
        try await blocking { [configuration] () throws(SandboxError) in
            try FolderTree.remove(configuration.recordFile(id.rawValue))
        }
    }

    /// Runs blocking work off the cooperative threads.
    func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(SandboxError) -> Value
    ) async throws(SandboxError) -> Value {
        let result: Result<Value, SandboxError>
        do {
            result = try await NIOThreadPool.singleton.runIfActive {
                Result { () throws(SandboxError) in try work() }
            }
        } catch {
            throw .failed("The work was not done: \(error)")
        }
        return try result.get()
    }
}
