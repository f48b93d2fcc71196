import Foundation
import Synchronization

/// A shell command with its output; it and its children end when the task is cancelled.
struct ShellCommand: Sendable {
    private let command: String

    init(_ command: String) {
        self.command = command
    }

    /// Runs it in the current folder; standard error is part of the output, which is cut at a mebibyte.
    func run() async throws -> (output: String, status: Int32) {
        let process = try AgentProcess(
            command: ["/bin/sh", "-c", "exec 2>&1; " + command],
            environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath
        )
        close(process.input)
        return try await withTaskCancellationHandler {
            let output = await Self.readAll(process.output)
            _ = await process.waitForExit(.seconds(3600))
            try Task.checkCancellation()
            return (output, process.exitStatus ?? -1)
        } onCancel: {
            process.signalGroup(SIGKILL)
        }
    }

    private static func readAll(_ descriptor: CInt) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var output: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 64 << 10)
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    if output.count < 1 << 20 { output += buffer[..<count] }
                }
                close(descriptor)
                continuation.resume(returning: String(decoding: output, as: UTF8.self))
            }
        }
    }
}
