import Foundation

/// The real coding agents that `contrib/agents` fetches for the tests.
package enum TestAgents {
    /// Where they are: `OCTOBOT_TEST_AGENTS`, else the folder the script uses by itself.
    package static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["OCTOBOT_TEST_AGENTS"], !named.isEmpty { return named }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appending(path: ".build/agents").path(percentEncoded: false)
    }()

    /// Why tests that need one do not run.
    package static let advice = "the agent's program is missing: run contrib/agents"

    /// Whether a program is there.
    package static func has(_ name: String) -> Bool { FileManager.default.isExecutableFile(atPath: path(name)) }

    /// The path of a program.
    package static func path(_ name: String) -> String { folder + "/" + name }
}
