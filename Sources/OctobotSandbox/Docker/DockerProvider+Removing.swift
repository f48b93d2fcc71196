import DockerEngine
package import OctobotModel
import Synchronization

extension DockerProvider {
    package func remove(_ id: SessionID, data: SandboxData) async throws(SandboxError) {
        guard id.isValid else { throw .notFound(id) }
        state.withLock { _ = $0.ending.insert(id) }
        defer { state.withLock { _ = $0.ending.remove(id) } }
        try await locks.withLock(id) { () async throws(SandboxError) in
            let details = try await container(id)
            let known = try await known(id, details)
            guard let known else { throw .notFound(id) }
            if data == .keep {
                // First, so that a removal that is cut short is known as one.
                try await note(DockerRecord(spec: known, isKept: true, wasStopped: true))
            }
            if let details {
                if details.state.phase.isAlive {
                    _ = try await find { client throws(DockerError) in
                        do throws(DockerError) {
                            try await client.stopContainer(details.id, grace: .seconds(1))
                        } catch {
                            guard case .notModified = error else { throw error }
                        }
                    }
                }
                try await removeContainer(details.id)
            }
            state.withLock { $0.ports[id] = nil }
            if data == .delete {
                try await removeData(id)
                // The last thing to go: until then repeating the call finds what is left.
                try await forget(id)
            }
        }
    }

    package func restore(_ id: SessionID) async throws(SandboxError) {
        try await locks.withLock(id) { () async throws(SandboxError) in
            guard try await container(id) == nil else { return }
            guard try await ownVolume(id) != nil, let spec = try await known(id, nil) else { throw .notFound(id) }
            try await make(spec, DockerRecord(spec: spec, wasStopped: true))
        }
    }

    package func deleteKept(_ id: SessionID) async throws(SandboxError) {
        guard id.isValid else { return }
        try await locks.withLock(id) { () async throws(SandboxError) in
            // In use again.
            guard try await container(id) == nil else { return }
            try await removeData(id)
            try await forget(id)
        }
    }

    /// What a session's sandbox was made from, by its container, our record, or its volume.
    private func known(_ id: SessionID, _ details: ContainerDetails?) async throws(SandboxError) -> SandboxSpec? {
        if let details { return try Self.spec(of: details) }
        if let record = try await record(id) { return record.spec }
        guard let volume = try await ownVolume(id) else { return nil }
        return try Self.spec(in: volume.labels ?? [:], of: volume.name)
    }

    private func ownVolume(_ id: SessionID) async throws(SandboxError) -> VolumeDetails? {
        guard id.isValid else { return nil }
        let volume = try await find { client throws(DockerError) in
            try await client.inspectVolume(DockerNames.dataVolume(id))
        }
        return volume.flatMap { isOwn($0.labels) ? $0 : nil }
    }

    private func removeData(_ id: SessionID) async throws(SandboxError) {
        guard let volume = try await ownVolume(id) else { return }
        _ = try await find { client throws(DockerError) in try await client.removeVolume(volume.name) }
    }

    func removeContainer(_ container: String) async throws(SandboxError) {
        let client = try client()
        let begin = ContinuousClock.now
        while true {
            do throws(DockerError) {
                return try await client.removeContainer(container, isForced: true)
            } catch {
                switch error {
                case .notFound: return
                // Its removal is under way already.
                case .conflict where begin.duration(to: .now) < .seconds(30):
                    await Self.pause(after: begin.duration(to: .now))
                default: throw SandboxError(error)
                }
            }
        }
    }
}
