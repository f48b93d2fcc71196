import Subprocess

extension Git {
    /// Runs git and returns what it left, whatever its status.
    package func run(_ invocation: GitInvocation) async throws(GitError) -> GitOutput {
        do {
            return try await withThrowingTaskGroup(of: GitOutput.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await execute(invocation) }
                group.addTask {
                    try await Task.sleep(for: invocation.deadline)  // ok: the deadline itself
                    throw GitError.timedOut(command: invocation.command)
                }
                guard let output = try await group.next() else { throw GitError.cancelled }
                return output
            }
        } catch let error as GitError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch let error as SubprocessError {
            if Task.isCancelled { throw .cancelled }
            switch error.code {
            case .executableNotFound: throw .missingProgram(invocation.environment.command([]).program)
            case .outputLimitExceeded: throw .outputTooLarge(command: invocation.command)
            default:
                let text = redactingUserInformation(error.description)
                throw .commandFailed(command: invocation.command, status: -1, message: text)
            }
        } catch {
            throw .commandFailed(command: invocation.command, status: -1, message: "\(error)")
        }
    }

    /// Runs git and takes any status but zero for a failure.
    @discardableResult
    package func succeed(_ invocation: GitInvocation) async throws(GitError) -> GitOutput {
        let output = try await run(invocation)
        guard output.isSuccess else {
            throw .commandFailed(command: invocation.command, status: output.status, message: output.complaint)
        }
        return output
    }
}

private func execute(_ invocation: GitInvocation) async throws -> GitOutput {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
        // On the first signal git removes its lock files.
        .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
        .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(50)),
    ]
    let location = invocation.directory.map { ["-C", $0] } ?? []
    let (program, arguments) = invocation.environment.command(location + invocation.arguments)
    let variables = invocation.environment.flattened.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let result = try await Subprocess.run(
        Configuration(
            executable: .name(program),
            arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
            platformOptions: options
        ),
        input: .array(invocation.input),
        output: .sequence,
        error: .bytes(limit: 4 << 20)
    ) { execution in
        var bytes: [UInt8] = []
        for try await buffer in execution.standardOutput {
            buffer.withUnsafeBytes { bytes.append(contentsOf: $0) }
            guard bytes.count > invocation.limit else { continue }
            guard invocation.cutsOutput else { throw GitError.outputTooLarge(command: invocation.command) }
            bytes.removeLast(bytes.count - invocation.limit)
            try execution.send(signal: .kill, toProcessGroup: true)
            return (bytes, true)
        }
        return (bytes, false)
    }
    try Task.checkCancellation()
    let (bytes, isTruncated) = result.closureResult
    let status: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    return GitOutput(
        status: isTruncated ? 0 : status,
        bytes: bytes,
        errors: redactingUserInformation(String(decoding: result.standardError, as: UTF8.self)),
        isTruncated: isTruncated
    )
}
