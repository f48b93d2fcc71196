/// The version of octobot-agent.
package enum AgentVersion {
    package static let current = "0.1.0"
}
