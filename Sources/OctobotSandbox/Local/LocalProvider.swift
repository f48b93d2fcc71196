import Foundation
package import Logging
import NIOPosix
package import OctobotModel
import Synchronization

/// Sandboxes on this host with bubblewrap (design.md §6, decisions 11, 12, 22–25, 69).
///
/// A sandbox is a process tree in namespaces of its own. What has to be known of it is on disk, so that a new daemon
/// goes on where the last one ended.
package final class LocalProvider: SandboxProvider {
    /// The session's data folder as the sandbox sees it.
    static let homeInside = "/home/octobot"
    static let runtimeInside = "/run/octobot"
    static let mirrorInside = "/.workspace"
    /// agent-api.md §16.2.
    static let cacheInside = "/.data/cache"
    static let egressInside = "/run/octobot-egress"

    package let name = "local"
    let configuration: LocalConfiguration
    let places: LocalPlaces
    let programs: AgentPrograms
    let probe: IsolationProbe
    /// Whom the sandboxes belong to when the daemon is root.
    let user: SandboxUser?
    let limiting: LocalLimits
    let entries = Mutex<[SessionID: LocalEntry]>([:])
    let changes = ChangeFeed()
    let locks = KeyedLocks<SessionID>()
    let logger: Logger

    /// Makes the provider's folders and finds the sandboxes that are there, running ones included.
    ///
    /// - Throws: ``SandboxError/failed(_:)`` for folders that cannot be made.
    package init(_ configuration: LocalConfiguration, logger: Logger) throws(SandboxError) {
        self.configuration = configuration
        self.logger = logger
        places = LocalPlaces(configuration: configuration)
        programs = AgentPrograms(configuration: configuration, libraries: SharedLibraries())
        user = configuration.isolationIsOff ? nil : SandboxUser.ofRootDaemon
        probe = IsolationProbe(configuration, user: user)
        limiting = LocalLimits(
            settings: configuration.limits,
            groups: ControlGroups.find(label: String(configuration.installation.prefix(8))),
            isIsolated: !configuration.isolationIsOff
        )
        for folder in places.shared { try FolderTree.make(folder) }
        try EgressProxy.makeFolder(places.egress)
        load()
        sweepCaches()
    }

    deinit { changes.finish() }

    // MARK: Looking

    package func status() async -> ProviderStatus {
        var details = limiting.details
        details["isolation"] = configuration.isolationIsOff ? "none" : "bubblewrap"
        details["network"] = configuration.isolationIsOff || configuration.networkIsHost ? "host" : "proxy"
        do {
            _ = try await probe.check()
            if configuration.command == nil { _ = try programs.agentBinary() }
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

    package func sandbox(_ id: SessionID) async -> Sandbox? {
        entries.withLock { $0[id]?.sandbox }
    }

    package func list() async -> [Sandbox] {
        entries.withLock { $0.values.filter { !$0.isKept }.map(\.sandbox) }
            .sorted { $0.sessionID.rawValue < $1.sessionID.rawValue }
    }

    package func commands(_ names: Set<String>) async -> [String: Bool] {
        do {
            return try await blocking { [programs] () throws(SandboxError) in
                Dictionary(uniqueKeysWithValues: names.map { ($0, programs.has($0)) })
            }
        } catch {
            // Cancelled, or the threads are gone: nothing is known.
            return [:]
        }
    }

    package func watch() -> AsyncStream<SandboxChange> {
        entries.withLock { entries in
            changes.watch(startingWith: entries.values.filter { !$0.isKept }.map(\.change))
        }
    }

    package func agent(_ id: SessionID, secret: String) throws(SandboxError) -> any SandboxAgent {
        guard let runtime = entries.withLock({ $0[id]?.record.runtime }) else { throw .notFound(id) }
        return HTTPSandboxAgent(.socket(places.socket(runtime)), secret: secret)
    }

    // MARK: Making

    package func create(_ spec: SandboxSpec) async throws(SandboxError) {
        let id = spec.sessionID
        guard id.isValid else { throw .failed("'\(id)' cannot be a session id.") }
        _ = try await probe.check()
        try await locks.withLock(id) { () async throws(SandboxError) in
            let earlier = entries.withLock { $0[id] }
            guard earlier?.isKept ?? true else { throw .alreadyExists(id) }
            let record = SandboxRecord(
                spec: spec,
                runtime: Self.randomName(),
                run: nil,
                status: .created,
                error: nil,
                isolationNotes: configuration.isolationNotes,
                installation: configuration.installation
            )
            try await blocking { [self] () throws(SandboxError) in
                _ = try plan(for: record)
                let name = id.rawValue
                if !FolderTree.exists(places.home(name)), FolderTree.exists(places.kept(name)) {
                    try Self.move(places.kept(name), to: places.home(name))
                }
                try prepare(record)
                try record.write(places.recordFile(id.rawValue))
            }
            entries.withLock { $0[id] = LocalEntry(record: record) }
            changes.send(SandboxChange(sessionID: id, status: .created))
        }
    }

    /// Makes the folders of a sandbox and gives them to whom they have to belong.
    func prepare(_ record: SandboxRecord) throws(SandboxError) {
        let id = record.spec.sessionID.rawValue
        let socket = places.socket(record.runtime)
        guard socket.utf8.count <= 103 else {
            throw .unavailable(
                component: "state folder",
                message: "The socket path '\(socket)' has \(socket.utf8.count) bytes; unix sockets take 103.",
                hint: "Set XDG_STATE_HOME to a shorter path."
            )
        }
        let cache = cacheFolder(of: record.spec.projectID)
        for folder in [places.home(id), places.runtime(record.runtime)] + (cache.map { [$0] } ?? []) {
            try FolderTree.make(folder)
            var facts = stat()
            if let user, stat(folder, &facts) == 0, facts.st_uid != user.uid { try FolderTree.give(folder, to: user) }
        }
        try FolderTree.make(places.record(id))
        try write(Self.accounts, to: places.record(id) + "/passwd")
        try write(Self.groups, to: places.record(id) + "/group")
    }

    private func write(_ text: String, to path: String) throws(SandboxError) {
        guard FileManager.default.contents(atPath: path) != Data(text.utf8) else { return }
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            chmod(path, 0o644)
        } catch {
            throw .failed("'\(path)' could not be written: \(error.localizedDescription)")
        }
    }

    private static let accounts = """
        root:x:0:0:root:/root:/usr/sbin/nologin
        octobot:x:1000:1000:Octobot:/home/octobot:/bin/sh
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """

    private static let groups = """
        root:x:0:
        octobot:x:1000:
        nogroup:x:65534:

        """

    static func randomName() -> String {
        let text = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    // MARK: Finding again

    /// Reads every record and takes up what still runs.
    private func load() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: places.records)) ?? []
        for name in names {
            let id = SessionID(name)
            guard id.isValid, let record = SandboxRecord.read(places.recordFile(name)), record.spec.sessionID == id
            else { continue }
            var entry = found(record)
            if !FolderTree.exists(places.home(name)) {
                guard FolderTree.exists(places.kept(name)) else { continue }
                entry.isKept = true
            }
            entries.withLock { $0[id] = entry }
            if let live = entry.live { follow(live, of: id) }
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
