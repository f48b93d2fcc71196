import DockerEngine
package import OctobotModel

extension DockerProvider {
    package func attachRoot(
        _ id: SessionID,
        rows: Int,
        columns: Int
    ) async throws(SandboxError) -> any RootTerminal {
        guard let details = try await container(id) else { throw .notFound(id) }
        guard details.state.phase == .running else { throw .notRunning(id) }
        let client = try client()
        do {
            return try await DockerRootTerminal.open(client, container: details.id, rows: rows, columns: columns)
        } catch {
            throw SandboxError(error as? DockerError ?? DockerError.engineUnreachable("\(error)"))
        }
    }
}
