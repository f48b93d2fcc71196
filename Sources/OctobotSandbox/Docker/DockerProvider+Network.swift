import DockerEngine

extension DockerProvider {
    /// The network sandboxes are put in, made when it is missing, and in what it is weaker than promised.
    ///
    /// In ours sandboxes do not reach each other; all of them reach the internet.
    func network() async throws(SandboxError) -> (name: String, notes: [String]) {
        let option = "com.docker.network.bridge.enable_icc"
        let name = configuration.network ?? DockerNames.network
        var network = try await find { client throws(DockerError) in try await client.inspectNetwork(name) }
        if let asked = configuration.network {
            guard let network else {
                throw .unavailable(
                    component: "DOCKER_NETWORK",
                    message: "The engine has no network '\(asked)'.",
                    hint: "Make it (docker network create \(asked)), or unset DOCKER_NETWORK."
                )
            }
            return (name, network.options?[option] == "false" ? [] : ["neighbours=reachable"])
        }
        if network == nil {
            let client = try client()
            do throws(DockerError) {
                _ = try await client.createNetwork(
                    name,
                    labels: [DockerLabel.managed: "true"],
                    options: [option: "false"]
                )
            } catch {
                // Made by somebody else meanwhile.
                guard case .conflict = error else { throw SandboxError(error) }
            }
            network = try await ask { client throws(DockerError) in try await client.inspectNetwork(name) }
        }
        guard network?.labels?[DockerLabel.managed] == "true" else {
            throw .failed(
                """
                The network '\(name)' does not belong to octobotd. Rename or remove it, or name a network with \
                DOCKER_NETWORK.
                """
            )
        }
        let info = try await ask { client throws(DockerError) in try await client.info() }
        // Without it packets within a bridge pass unfiltered.
        return (name, info.filtersBridges == false ? ["neighbours=reachable"] : [])
    }
}
