import NIOCore

/// How a program that was run to its end ended.
package struct ExecResult: Sendable, Equatable {
    package var exitCode: Int
    package var output: [UInt8]
    package var errors: [UInt8]
    /// Whether there was more output than was kept.
    package var isCutOff: Bool
}

extension DockerClient {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - input: Its whole input.
    ///   - limit: How long it may take; it goes on in the container when it is over.
    ///   - maximum: How much of output and of errors is kept; the rest is read and dropped.
    /// - Throws: ``DockerError/conflict(_:)`` when the container does not run, ``DockerError/timedOut(_:)``.
    package func run(
        _ spec: ExecSpec,
        in container: String,
        input: [UInt8] = [],
        limit: Duration = .seconds(60),
        maximum: Int = 1 << 20
    ) async throws(DockerError) -> ExecResult {
        var spec = spec
        spec.hasTerminal = false
        spec.takesInput = !input.isEmpty
        let id = try await createExec(spec, in: container)
        let name = spec.command.first ?? ""
        return try await connection.within(limit, name) {
            var result = ExecResult(exitCode: 0, output: [], errors: [], isCutOff: false)
            try await self.withExec(id, hasTerminal: false) { output, typed in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // A program that ends without having read all of it is no failure of ours.
                        try? await typed.write(ByteBuffer(bytes: input))
                        typed.finish()
                    }
                    for try await chunk in output { result.keep(chunk, maximum: maximum) }
                    group.cancelAll()
                }
            }
            let state = try await self.inspectExec(id)
            guard let exitCode = state.exitCode, !state.isRunning else {
                throw DockerError.engineUnreachable("it went away while '\(name)' ran")
            }
            result.exitCode = exitCode
            return result
        }
    }
}

extension ExecResult {
    fileprivate mutating func keep(_ chunk: OutputChunk, maximum: Int) {
        let kept = chunk.source == .output ? output.count : errors.count
        let bytes = chunk.bytes.readableBytesView.prefix(maximum - kept)
        if bytes.count < chunk.bytes.readableBytes { isCutOff = true }
        if chunk.source == .output { output += bytes } else { errors += bytes }
    }
}
