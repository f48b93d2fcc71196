import DockerEngine

extension DockerProvider {
    private static let isolation = "com.docker.network.bridge.enable_icc"

    /// The id of the network sandboxes are put in, and in what it is weaker than promised.
    ///
    /// In ours sandboxes do not reach each other; all of them reach the internet.
    func network(_ info: EngineInfo) async throws(SandboxError) -> (id: String, notes: [String]) {
        if let asked = configuration.network {
            let network = try await find { client throws(DockerError) in try await client.inspectNetwork(asked) }
            guard let network else {
                throw .unavailable(
                    component: "DOCKER_NETWORK",
                    message: "The engine has no network '\(asked)'.",
                    hint: "Make it (docker network create \(asked)), or unset DOCKER_NETWORK."
                )
            }
            return (network.id, network.options?[Self.isolation] == "false" ? [] : ["neighbours=reachable"])
        }
        let id: String
        if let found = try await ownNetwork() { id = found } else { id = try await makeNetwork() }
        // Without it packets within a bridge pass unfiltered.
        return (id, info.filtersBridges == false ? ["neighbours=reachable"] : [])
    }

    /// Names of networks are not unique when two make one at a time; the first by id is everybody's.
    private func ownNetwork() async throws(SandboxError) -> String? {
        let labelled = try await ask { client throws(DockerError) in
            try await client.listNetworks(labels: ["\(DockerLabel.managed)=true"])
        }
        return labelled.filter { $0.name == DockerNames.network }.map(\.id).min()
    }

    private func makeNetwork() async throws(SandboxError) -> String {
        let client = try client()
        var made: String?
        do throws(DockerError) {
            made = try await client.createNetwork(
                DockerNames.network,
                labels: [DockerLabel.managed: "true"],
                options: [Self.isolation: "false"]
            )
        } catch {
            guard case .conflict = error else { throw SandboxError(error) }
        }
        guard let id = try await ownNetwork() else {
            throw .failed(
                """
                The network '\(DockerNames.network)' does not belong to octobotd. Rename or remove it, or name a network \
                with DOCKER_NETWORK.
                """
            )
        }
        // One too many; should somebody use it already, it stays.
        if let made, made != id { try? await client.removeNetwork(made) }
        return id
    }
}
