package import OctobotModel

extension LocalProvider {
    package var limits: SandboxLimits { limiting.enforced }

    package func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache] { [] }

    package func deleteCaches(of project: ProjectID) async throws(SandboxError) {}
}
