import Foundation
import OctobotTestSupport

@testable import OctoctlCommands

/// What a console wrote to files instead of a terminal.
struct ConsoleRecording {
    var output: String
    var errors: String

    /// Runs `body` with a console that writes to files.
    static func of<Value>(_ body: (Console) throws -> Value) async throws -> (Value, ConsoleRecording) {
        try await withTemporaryDirectory { folder in
            let paths = ["out", "err"].map { folder.appending(path: $0).path(percentEncoded: false) }
            let handles = try paths.map { path in
                try Data().write(to: URL(filePath: path))
                return try FileHandle(forUpdating: URL(filePath: path))
            }
            let console = Console(
                output: handles[0].fileDescriptor,
                errors: handles[1].fileDescriptor,
                input: handles[0].fileDescriptor,
                environment: [:]
            )
            let value = try body(console)
            let texts = try paths.map { try String(contentsOfFile: $0, encoding: .utf8) }
            return (value, ConsoleRecording(output: texts[0], errors: texts[1]))
        }
    }
}
