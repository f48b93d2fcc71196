import NIOHTTP1
package import SandboxAgentAPI

extension HTTPSandboxAgent {
    package func openTerminal(_ terminal: OpenTerminal) async throws(SandboxAgentError) -> TerminalState {
        try AgentAnswer.decode(
            TerminalState.self,
            from: try await connection.send(try post(AgentPath.terminals, terminal))
        )
    }

    package func terminals() async throws(SandboxAgentError) -> [TerminalState] {
        let answer = try await connection.send(AgentConnection.Request(.GET, AgentPath.terminals))
        return try AgentAnswer.decode(TerminalList.self, from: answer).terminals
    }

    package func terminalOutput(_ id: String, from position: UInt64) -> OutputRecords {
        var request = AgentConnection.Request(.GET, Self.terminal(id) + "/output")
        request.query = [("from", String(position))]
        return OutputRecords { [connection, request] in AgentRecordReader(connection, request) }
    }

    package func writeTerminal(_ id: String, _ bytes: [UInt8]) async throws(SandboxAgentError) {
        var request = AgentConnection.Request(.POST, Self.terminal(id) + "/input")
        request.body = bytes
        request.contentType = "application/octet-stream"
        _ = try await connection.send(request)
    }

    package func resizeTerminal(_ id: String, rows: Int, columns: Int) async throws(SandboxAgentError) {
        _ = try await connection.send(
            try post(Self.terminal(id) + "/size", ResizeTerminal(rows: rows, columns: columns))
        )
    }

    package func closeTerminal(_ id: String) async throws(SandboxAgentError) {
        _ = try await connection.send(AgentConnection.Request(.DELETE, Self.terminal(id)))
    }

    private static func terminal(_ id: String) -> String { AgentPath.terminal(AgentEndpoint.encode(id)) }
}
