import NIOHTTP1

/// A program to run in a container that runs (Engine API v1.41, ContainerExec).
package struct ExecSpec: Sendable, Equatable {
    package var command: [String]
    package var environment: [String: String] = [:]
    /// `uid:gid` or names of the image; the container's own user when `nil`.
    package var user: String?
    package var workingFolder: String?
    package var hasTerminal = false
    package var takesInput = false

    package init(_ command: [String]) {
        self.command = command
    }
}

/// How far a program is.
package struct ExecState: Sendable, Equatable, Decodable {
    package var isRunning: Bool
    /// Absent while it runs.
    package var exitCode: Int?
    /// Its process id on the engine's host; 0 before it was started.
    package var pid: Int

    enum CodingKeys: String, CodingKey {
        case isRunning = "Running"
        case exitCode = "ExitCode"
        case pid = "Pid"
    }
}

extension DockerClient {
    /// Keys that end an attachment; on by default and in the way of programs that use Ctrl-P, so these are ones no one types.
    private static let detachKeys = "ctrl-^,ctrl-^,ctrl-^,ctrl-^"

    /// Prepares a program and gives the id to start it by.
    ///
    /// - Throws: ``DockerError/conflict(_:)`` when the container does not run.
    package func createExec(_ spec: ExecSpec, in container: String) async throws(DockerError) -> String {
        struct Body: Encodable {
            var Cmd: [String]
            var Env: [String]
            var User: String?
            var WorkingDir: String?
            var Tty: Bool
            var AttachStdin: Bool
            var AttachStdout = true
            var AttachStderr = true
            var DetachKeys: String
        }
        var call = try Self.container(container, .POST, "/exec")
        try call.setBody(
            Body(
                Cmd: spec.command,
                Env: spec.environment.map { "\($0.key)=\($0.value)" }.sorted(),
                User: spec.user,
                WorkingDir: spec.workingFolder,
                Tty: spec.hasTerminal,
                AttachStdin: spec.takesInput,
                DetachKeys: Self.detachKeys
            )
        )
        return try await send(call, as: Created.self).id
    }

    /// Sets the size of a program's terminal; only after it was started, or the engine makes us wait in vain.
    package func resizeExec(_ id: String, rows: Int, columns: Int) async throws(DockerError) {
        var call = EngineCall(.POST, "/exec/\(try EngineCall.component(id))/resize")
        call.query = [("h", String(rows)), ("w", String(columns))]
        try await send(call)
    }

    /// - Throws: ``DockerError/notFound(_:)`` for one the engine has forgotten.
    package func inspectExec(_ id: String) async throws(DockerError) -> ExecState {
        try await send(EngineCall(.GET, "/exec/\(try EngineCall.component(id))/json"), as: ExecState.self)
    }
}
