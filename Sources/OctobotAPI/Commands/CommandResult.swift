import OctobotModel

/// How a program ended and what it wrote.
package struct CommandResult: Codable, Sendable, Equatable {
    /// Absent when a signal ended it.
    package var exitCode: Int?
    /// The number of the signal that ended it.
    package var signal: Int?
    package var timedOut: Bool
    /// Whether output was dropped.
    package var truncated: Bool
    package var stdout: String
    package var stdoutEncoding: ContentEncoding
    package var stderr: String
    package var stderrEncoding: ContentEncoding

    package init(
        exitCode: Int? = nil,
        signal: Int? = nil,
        timedOut: Bool = false,
        truncated: Bool = false,
        stdout: String = "",
        stdoutEncoding: ContentEncoding = .utf8,
        stderr: String = "",
        stderrEncoding: ContentEncoding = .utf8
    ) {
        self.exitCode = exitCode
        self.signal = signal
        self.timedOut = timedOut
        self.truncated = truncated
        self.stdout = stdout
        self.stdoutEncoding = stdoutEncoding
        self.stderr = stderr
        self.stderrEncoding = stderrEncoding
    }
}

extension CommandResult: ComponentDescribing {
    package static let schemaName = "CommandResult"
    package static let definition = JSONSchema.record(
        .optional("exitCode", .integer(0...255), "Its exit status; absent when a signal ended it."),
        .optional("signal", .integer(1...64), "The number of the signal that ended it."),
        .required("timedOut", .boolean, "Whether it was killed because its time was over."),
        .required("truncated", .boolean, "Whether output was dropped."),
        .required("stdout", .string, "What it wrote to standard output."),
        .required("stdoutEncoding", .enumeration(of: ContentEncoding.self), "`base64` for what is no text."),
        .required("stderr", .string, "What it wrote to standard error."),
        .required("stderrEncoding", .enumeration(of: ContentEncoding.self), "`base64` for what is no text."),
        description: "How a program ended and what it wrote."
    )
}
