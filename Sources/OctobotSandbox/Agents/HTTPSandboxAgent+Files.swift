import NIOHTTP1
package import SandboxAgentAPI

extension HTTPSandboxAgent {
    package func run(_ command: RunCommand) -> OutputRecords {
        OutputRecords { [self, connection] in
            do throws(SandboxAgentError) {
                return AgentRecordReader(connection, try post(AgentPath.commands, command))
            } catch {
                return RefusedRecords(error: error)
            }
        }
    }

    package func use() async throws(SandboxAgentError) -> SandboxUse {
        let answer = try await connection.send(AgentConnection.Request(.GET, AgentPath.stats))
        return try AgentAnswer.decode(SandboxUse.self, from: answer)
    }

    package func listFiles(_ path: String, hidden: Bool) async throws(SandboxAgentError) -> FolderListing {
        var request = AgentConnection.Request(.GET, AgentPath.files)
        request.query = [("path", path), ("hidden", hidden ? "true" : "false")]
        request.maximum = 16 << 20
        return try AgentAnswer.decode(FolderListing.self, from: try await connection.send(request))
    }

    package func readFile(_ path: String, offset: Int?, length: Int?) async throws(SandboxAgentError) -> FileContent {
        var request = AgentConnection.Request(.GET, AgentPath.fileRead)
        request.query = [("path", path)]
        if let offset { request.query.append(("offset", String(offset))) }
        if let length { request.query.append(("length", String(length))) }
        // As JSON text every byte of a readable file may take six.
        request.maximum = 6 * AgentLimit.readableFile + 4096
        return try AgentAnswer.decode(FileContent.self, from: try await connection.send(request))
    }

    package func writeFile(_ file: WriteFile) async throws(SandboxAgentError) -> FileWritten {
        try AgentAnswer.decode(
            FileWritten.self,
            from: try await connection.send(try post(AgentPath.fileWrite, file))
        )
    }

    package func deleteFile(_ path: String) async throws(SandboxAgentError) -> FileDeleted {
        try AgentAnswer.decode(
            FileDeleted.self,
            from: try await connection.send(try post(AgentPath.fileDelete, DeleteFile(path: path)))
        )
    }

    package func renameFile(_ old: String, to new: String) async throws(SandboxAgentError) -> RenameFile {
        try AgentAnswer.decode(
            RenameFile.self,
            from: try await connection.send(try post(AgentPath.fileRename, RenameFile(oldPath: old, newPath: new)))
        )
    }
}

/// A stream that could not even be asked for.
private final class RefusedRecords: OutputRecordReader {
    private let error: SandboxAgentError

    init(error: SandboxAgentError) { self.error = error }

    func read(isolation actor: isolated (any Actor)?) async throws -> [OutputRecord] { throw error }
}
