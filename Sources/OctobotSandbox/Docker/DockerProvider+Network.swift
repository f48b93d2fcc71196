import DockerEngine

extension DockerProvider {
    private static let isolation = "com.docker.network.bridge.enable_icc"
    /// By the engine's socket: the engine itself lets two make a network of one name at a time.
    private static let networkLocks = KeyedLocks<String>()

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
        let id = try await Self.networkLocks.withLock(try client().socket) { () async throws(SandboxError) in
            if let found = try await ownNetwork() { return found }
            return try await makeNetwork()
        }
        // Without it packets within a bridge pass unfiltered.
        return (id, info.filtersBridges == false ? ["neighbours=reachable"] : [])
    }

    /// The network of our name, the first by id where another process made one at the same time as we did.
    ///
    /// Nothing starts in a network whose name is not its own, so the others are removed: nothing runs in them.
    private func ownNetwork() async throws(SandboxError) -> String? {
        let client = try client()
        let labelled = try await ask { client throws(DockerError) in
            try await client.listNetworks(labels: ["\(DockerLabel.managed)=true"])
        }
        let ids = labelled.filter { $0.name == DockerNames.network }.map(\.id).sorted()
        // Removed by somebody else already, or the next start says what is wrong.
        for id in ids.dropFirst() { try? await client.removeNetwork(id) }
        return ids.first
    }

    private func makeNetwork() async throws(SandboxError) -> String {
        let client = try client()
        do throws(DockerError) {
            _ = try await client.createNetwork(
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
        return id
    }
}
