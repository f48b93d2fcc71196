import ArgumentParser
import Foundation
import OctobotAPI

/// `octobotd config`.
struct ShowConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints the effective settings and where each comes from; secrets are masked."
    )

    func run() async throws {
        do {
            let configuration = try await DaemonConfiguration.load(environment: ProcessInfo.processInfo.environment)
            let width = configuration.entries.map(\.name.count).max() ?? 0
            for entry in configuration.entries {
                let name = entry.name.padding(toLength: width, withPad: " ", startingAt: 0)
                print("\(name)  \(entry.value.isEmpty ? "-" : entry.value)  (\(entry.source))")
            }
        } catch {
            throw refuse(error)
        }
    }
}
