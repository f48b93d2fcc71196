import Foundation

/// Runs programs to their end.
package enum Command {
    package struct Result: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Runs a program and gives what it left; its output is read from files, so nothing can block it.
    package static func run(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String? = nil,
        input: String? = nil
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false)
            if let input { try input.write(toFile: path + "/in", atomically: false, encoding: .utf8) }
            let child = try ChildProcess(
                executable,
                arguments,
                environment: environment,
                directory: directory,
                input: input == nil ? "/dev/null" : path + "/in",
                output: path + "/out",
                errors: path + "/err"
            )
            let status = await withTaskCancellationHandler {
                await child.status
            } onCancel: {
                child.send(9)
            }
            return Result(
                status: status,
                output: try String(contentsOfFile: path + "/out", encoding: .utf8),
                errors: try String(contentsOfFile: path + "/err", encoding: .utf8)
            )
        }
    }

    /// What a program prints, without the line feed at its end.
    ///
    /// - Throws: ``Failure`` when its status is not 0.
    package static func output(
        _ executable: String,
        _ arguments: [String] = [],
        directory: String? = nil
    ) async throws -> String {
        let result = try await run(executable, arguments, directory: directory)
        guard result.status == 0 else {
            throw Failure(description: "\(executable) \(arguments): \(result.status)\n\(result.errors)")
        }
        var text = result.output
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
