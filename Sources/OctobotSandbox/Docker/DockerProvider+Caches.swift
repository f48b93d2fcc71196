import DockerEngine
package import OctobotModel

extension DockerProvider {
    package func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache] {
        try await cacheVolumes(of: project).map { volume in
            SandboxCache(
                name: volume.name,
                projectID: project,
                path: volume.path,
                createdAt: volume.createdAt.flatMap { Timestamp($0) }
            )
        }
    }

    package func deleteCaches(of project: ProjectID) async throws(SandboxError) {
        let client = try client()
        for volume in try await cacheVolumes(of: project) {
            do throws(DockerError) {
                try await client.removeVolume(volume.name)
            } catch {
                switch error {
                case .notFound: continue
                case .conflict:
                    throw .inUse("The cache '\(volume.name)' is used by sandboxes of the project; delete those first.")
                default: throw SandboxError(error)
                }
            }
        }
    }

    private func cacheVolumes(of project: ProjectID) async throws(SandboxError) -> [VolumeDetails] {
        let labels = [
            "\(DockerLabel.installation)=\(configuration.installation)", "\(DockerLabel.kind)=cache",
            "\(DockerLabel.project)=\(project)",
        ]
        return try await ask { client throws(DockerError) in try await client.listVolumes(labels: labels) }
    }

    /// Makes the project's cache volume unless it is there; `nil` where there shall be none.
    ///
    /// Another octobotd on the same engine may have a project of the same name: then ours gets a name with a suffix.
    func makeCacheVolume(_ project: ProjectID) async throws(SandboxError) -> String? {
        guard configuration.hasCaches, project.rawValue.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z_.-]{0,99}/) != nil else {
            return nil
        }
        var labels = ownLabels
        labels[DockerLabel.project] = project.rawValue
        labels[DockerLabel.kind] = "cache"
        let plain = DockerNames.cacheVolume(project)
        for name in [plain, "\(plain)-\(configuration.installation.prefix(8))"] {
            let volume = try await ask { client throws(DockerError) in
                try await client.createVolume(name, labels: labels)
            }
            if isOwn(volume.labels) { return name }
        }
        return nil
    }
}
