import AgentClientProtocol
import Foundation

/// `octobot-agent demo`: the demo agent on standard input and output.
package enum DemoCommand {
    /// Runs until standard input ends.
    ///
    /// `OCTOBOT_DEMO_INTERVAL_MS` is the pause of `/slow`, by default 1000.
    package static func run(environment: [String: String]) async {
        let milliseconds = environment["OCTOBOT_DEMO_INTERVAL_MS"].flatMap { Int($0) } ?? 1_000
        // Standard output is kept for messages: what anything else prints goes to standard error.
        let output = dup(1)
        dup2(2, 1)
        let link = PipeLink(input: dup(0), output: output)
        await link.run(DemoAgent(link, interval: .milliseconds(max(0, milliseconds))))
    }
}
