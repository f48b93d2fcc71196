import ArgumentParser
import Foundation

/// The whole program, but for its process.
package enum OctoctlProgram {
    /// Runs one command line.
    ///
    /// Results go to standard output, everything else to standard error.
    ///
    /// - Parameter arguments: What follows the program's name.
    /// - Returns: The exit status (rpc.md §7; 64 for wrong usage, 130 for what was cancelled).
    package static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try Octoctl.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error, on: .standard)
        }
    }

    /// Says on standard error what went wrong, and gives the exit status that means it.
    static func report(_ error: any Error, on console: Console) -> Int32 {
        if let failure = Failure(error) {
            for line in failure.lines { console.note(line.text, line.style) }
            return failure.status
        }
        let status = Octoctl.exitCode(for: error)
        let text = Octoctl.fullMessage(for: error)
        if status.isSuccess {
            console.line(text)
        } else if !text.isEmpty {
            console.note(text)
        }
        return status.rawValue
    }
}

/// What this build calls itself.
enum ProgramVersion {
    static let current = "0.1.0"
}
