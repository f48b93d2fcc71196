/// One run of git: an argument array, never a shell line.
package struct GitInvocation: Sendable {
    package var arguments: [String]
    /// The folder git works in (`-C`).
    package var directory: String?
    package var environment: GitEnvironment
    package var input: [UInt8]
    /// The most bytes of output that are kept.
    package var limit: Int
    /// What happens beyond `limit`: the output is cut there, or the run fails.
    package var cutsOutput: Bool
    package var deadline: Duration

    package init(
        arguments: [String],
        directory: String? = nil,
        environment: GitEnvironment,
        input: [UInt8] = [],
        limit: Int = 32 << 20,
        cutsOutput: Bool = false,
        deadline: Duration = .seconds(30)
    ) {
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.input = input
        self.limit = limit
        self.cutsOutput = cutsOutput
        self.deadline = deadline
    }

    /// The subcommand, for messages.
    var command: String { arguments.first { !$0.hasPrefix("-") } ?? "" }
}
