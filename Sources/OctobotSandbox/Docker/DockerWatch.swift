import DockerEngine
import Logging
import OctobotModel
import Synchronization

extension DockerProvider {
    package func watch() -> AsyncStream<SandboxChange> {
        let watch = DockerWatch(self)
        return AsyncStream { await watch.next() }
    }

    /// Remembers that a process of a container was killed for memory, which its end does not always tell.
    func noteStarvation(of container: String) {
        state.withLock { _ = $0.starved.insert(container) }
    }
}

/// One reader of what happens to our containers.
///
/// An event only says where to look: what is reported is what the engine says of the container then.
private actor DockerWatch {
    private let provider: DockerProvider
    private var hasBegun = false
    private var events: DockerEvents.Iterator?
    private var pending: [SandboxChange] = []
    /// What was reported last, so that nothing is reported twice.
    private var reported: [SessionID: SandboxChange] = [:]

    init(_ provider: DockerProvider) {
        self.provider = provider
    }

    /// The next change; `nil` once the engine cannot be heard any more.
    func next() async -> SandboxChange? {
        do {
            if !hasBegun {
                hasBegun = true
                try await begin()
            }
            while pending.isEmpty {
                guard var iterator = events else { return nil }
                events = nil
                guard let event = try await iterator.next(isolation: self) else { return nil }
                events = iterator
                try await take(event)
            }
            return pending.removeFirst()
        } catch {
            if !Task.isCancelled {
                provider.logger.info("Docker events ended", metadata: ["error": "\(error)"])
            }
            events = nil
            return nil
        }
    }

    private func begin() async throws(SandboxError) {
        let filters = [
            "type": ["container"],
            "label": [
                "\(DockerLabel.managed)=true", "\(DockerLabel.installation)=\(provider.configuration.installation)",
            ],
            // `kill` comes for any signal and says nothing.
            "event": ["create", "start", "die", "oom", "pause", "unpause", "destroy"],
        ]
        // Before the list, so that nothing falls between the two.
        let stream = try await provider.ask { client throws(DockerError) in try await client.events(filters: filters) }
        events = stream.makeAsyncIterator()
        for sandbox in try await provider.list() {
            report(SandboxChange(sessionID: sandbox.sessionID, status: sandbox.status, error: sandbox.error))
        }
    }

    private func take(_ event: DockerEvent) async throws(SandboxError) {
        guard let text = event.attributes[DockerLabel.session], SessionID(text).isValid else { return }
        let id = SessionID(text)
        if event.action == "oom" {
            // It goes on unless its first process was hit; then `die` follows.
            return provider.noteStarvation(of: event.subject)
        }
        guard let details = try await provider.container(id) else {
            return report(SandboxChange(sessionID: id, status: .removed))
        }
        let sandbox = try await provider.view(details)
        report(SandboxChange(sessionID: id, status: sandbox.status, error: sandbox.error))
    }

    private func report(_ change: SandboxChange) {
        guard reported[change.sessionID] != change else { return }
        reported[change.sessionID] = change.status == .removed ? nil : change
        pending.append(change)
    }
}
