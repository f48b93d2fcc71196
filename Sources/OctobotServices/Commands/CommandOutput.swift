import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import SandboxAgentAPI

/// What a program writes, collected to its end.
struct CommandOutput: Sendable {
    private var output: [UInt8] = []
    private var errors: [UInt8] = []
    private var end: CommandEnd?
    /// How many bytes are still kept: the sandbox has the same limit, and is not trusted with it.
    private var room: Int
    private var isCut = false

    init(limit: Int) { room = limit }

    /// - Throws: `DecodingError` or `JSONScanError` for an end that cannot be read.
    mutating func add(_ record: OutputRecord) throws {
        switch record.kind {
        case .output: output += take(record.payload)
        case .errors: errors += take(record.payload)
        case .end: end = try CommandEnd(record)
        case .quiet, .gap: break
        }
    }

    private mutating func take(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let kept = bytes.prefix(room)
        room -= kept.count
        isCut = isCut || kept.count < bytes.count
        return kept
    }

    func result() throws(Fault) -> CommandResult {
        guard let end else {
            throw Fault(.upstreamFailed, "The program's end was not told.", reason: "agent.invalidAnswer")
        }
        let (stdout, stderr) = (EncodedBytes(output), EncodedBytes(errors))
        return CommandResult(
            exitCode: end.exitCode,
            signal: end.signal,
            timedOut: end.isTimedOut,
            truncated: end.isTruncated || isCut,
            stdout: stdout.text,
            stdoutEncoding: stdout.encoding,
            stderr: stderr.text,
            stderrEncoding: stderr.encoding
        )
    }
}

extension CommandEnd {
    /// - Throws: `DecodingError`, ``JSONScanError``.
    init(_ record: OutputRecord) throws {
        try JSONScanner.check(record.payload)
        self = try JSONCoding.decode(CommandEnd.self, from: record.payload)
    }
}
