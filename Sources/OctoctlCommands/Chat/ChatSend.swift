import ArgumentParser
import Foundation
import OctobotModel

/// `octoctl chat send`, which is what `octoctl chat` means.
struct ChatSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a prompt and show its turn.",
        discussion: "See 'octoctl chat --help'. A prompt that is the name of another verb needs the word 'send'."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ChatOptions

    @Argument(help: "What the agent should do; '-' reads it from standard input.")
    var prompt: [String] = []

    func run() async throws {
        let text = try Self.text(of: prompt)
        let end = try await global.connected { connected in
            let target = try await options.target(connected)
            let desk = ApprovalDesk(connected, policy: options.policy(isInteractive: connected.console.isInteractive))
            return try await ChatTurn(
                connected: connected,
                target: target,
                text: text,
                mode: options.mode,
                model: options.model,
                reasoning: options.reasoning,
                desk: desk
            ).run()
        }
        let status = Self.status(of: end)
        if status != 0 { throw ExitCode(status) }
    }

    /// The exit status a turn's end means (decision 61).
    static func status(of state: TurnState) -> Int32 {
        switch state {
        case .completed: 0
        case .failed: Failure.Status.workFailed.rawValue
        case .cancelled: Failure.Status.cancelled.rawValue
        case .queued, .delivering, .running, .unknown: Failure.Status.undecided.rawValue
        }
    }

    /// The words of the command line, or standard input for a lone `-`.
    ///
    /// - Throws: ``Failure`` when that is nothing.
    static func text(of words: [String], input: () throws -> Data? = readInput) throws -> String {
        let text: String
        if words == ["-"] {
            text = String(decoding: try input() ?? Data(), as: UTF8.self)
        } else {
            text = words.joined(separator: " ")
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw Failure(
                "There is no prompt.",
                hint: "Say what the agent should do: octoctl chat -w . \"Make the tests pass\"",
                status: .usage
            )
        }
        return text
    }

    private static func readInput() throws -> Data? { try FileHandle.standardInput.readToEnd() }
}
