import OctobotModel

/// Names and labels of what belongs to sandboxes (agent-api.md §16.1).
enum DockerNames {
    static func container(_ id: SessionID) -> String { "octobot-session-\(id)" }
    static func dataVolume(_ id: SessionID) -> String { "octobot-data-\(id)" }
    static func cacheVolume(_ id: ProjectID) -> String { "octobot-cache-\(id)" }
    static func agentVolume(_ identity: String) -> String { "octobot-agent-\(identity)" }
    /// The network of sandboxes unless `DOCKER_NETWORK` names another one.
    static let network = "octobot"

    static let agentFolder = "/opt/octobot/bin"
    static let home = "/home/octobot"
    static let mirror = "/.workspace"
    static let cache = "/.data/cache"
    static let port = 3002
    /// `octobot` inside.
    static let user = 1000
}

/// Labels of containers, volumes and networks.
enum DockerLabel {
    static let managed = "octobot.managed"
    static let installation = "octobot.installation"
    static let session = "octobot.session.id"
    static let workspace = "octobot.workspace.id"
    static let project = "octobot.project.id"
    /// `data`, `cache` or `agent`, on volumes.
    static let kind = "octobot.type"
    /// The ``SandboxSpec`` as JSON, from which a sandbox is known and made again.
    static let spec = "octobot.spec"
    /// The name of the image it was made from.
    static let image = "octobot.image"
    /// In what the sandbox is weaker than promised, separated by commas.
    static let isolation = "octobot.isolation"
    /// On images: the types of agent whose programs they have, separated by commas; empty for none.
    static let agents = "io.octobot.agents"
    /// On containers that only serve to fill a volume.
    static let helper = "octobot.helper"
}
