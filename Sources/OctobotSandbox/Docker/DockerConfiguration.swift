/// What the `docker` provider is told from outside.
package struct DockerConfiguration: Sendable {
    /// `SANDBOX_IMAGE`.
    package var image: String
    /// `DOCKER_NETWORK`: a network in place of ours.
    package var network: String?
    /// `<data>/octobot`: what the engine cannot be told of a sandbox is noted there.
    package var dataFolder: String
    /// `LOCAL_AGENT_BINARY`; else octobotd's neighbour `octobot-agent`, else one on ``searchPath``.
    package var agentBinary: String?
    /// octobotd's `PATH`.
    package var searchPath: String
    /// The name of this data folder; sandboxes are taken for its own by it.
    package var installation: String
    /// octobotd's environment, for `DOCKER_HOST` and where the `docker` command's settings lie.
    package var environment: [String: String]
    /// What every sandbox is held to.
    package var limits = SandboxLimitSettings.standard
    /// `CACHE_ENABLED`: whether the sandboxes of a project share a cache.
    package var hasCaches = true
    /// How long a sandbox may take until its agent answers; the clone is made in that time.
    package var startLimit = Duration.seconds(600)
    /// How long the engine's word is taken on the port an agent is published at.
    var portTrust = Duration.seconds(1)
    /// Runs inside in place of `octobot-agent serve`; a test's own command.
    package var command: [String]?

    /// The image `contrib/sandbox-image/build` makes.
    package static let standardImage = "octobot-agent-api:latest"

    package init(
        image: String,
        network: String?,
        dataFolder: String,
        agentBinary: String?,
        searchPath: String,
        installation: String,
        environment: [String: String]
    ) {
        self.image = image
        self.network = network
        self.dataFolder = dataFolder
        self.agentBinary = agentBinary
        self.searchPath = searchPath
        self.installation = installation
        self.environment = environment
    }

    /// The file of what is noted of a sandbox.
    func recordFile(_ id: String) -> String { "\(dataFolder)/docker-records/\(id).json" }
}
