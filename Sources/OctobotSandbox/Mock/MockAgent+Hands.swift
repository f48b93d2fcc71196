package import SandboxAgentAPI

extension MockAgent {
    package func openTerminal(_ terminal: OpenTerminal) async throws(SandboxAgentError) -> TerminalState {
        try reached().open(terminal)
    }

    package func terminals() async throws(SandboxAgentError) -> [TerminalState] { try reached().terminals }

    package func terminalOutput(_ id: String, from position: UInt64) -> OutputRecords {
        hands.output(id, from: position)
    }

    package func writeTerminal(_ id: String, _ bytes: [UInt8]) async throws(SandboxAgentError) {
        try reached().write(id, bytes)
    }

    package func resizeTerminal(_ id: String, rows: Int, columns: Int) async throws(SandboxAgentError) {
        try reached().resize(id, rows: rows, columns: columns)
    }

    package func closeTerminal(_ id: String) async throws(SandboxAgentError) { try reached().close(id) }

    package func run(_ command: RunCommand) -> OutputRecords { hands.run(command) }

    package func use() async throws(SandboxAgentError) -> SandboxUse { try reached().use }

    package func listFiles(_ path: String, hidden: Bool) async throws(SandboxAgentError) -> FolderListing {
        try reached().list(path)
    }

    package func readFile(_ path: String, offset: Int?, length: Int?) async throws(SandboxAgentError) -> FileContent {
        try reached().read(path, offset: offset, length: length)
    }

    package func writeFile(_ file: WriteFile) async throws(SandboxAgentError) -> FileWritten {
        try reached().write(file)
    }

    package func deleteFile(_ path: String) async throws(SandboxAgentError) -> FileDeleted {
        try reached().delete(path)
    }

    package func renameFile(_ old: String, to new: String) async throws(SandboxAgentError) -> RenameFile {
        try reached().rename(old, to: new)
    }

    package func services() async throws(SandboxAgentError) -> [SandboxService] {
        _ = try reached()
        return scripts.services
    }

    package func startService(_ id: String) async throws(SandboxAgentError) -> ServiceChange {
        _ = try reached()
        return try scripts.start(id)
    }

    package func stopService(_ id: String) async throws(SandboxAgentError) -> ServiceChange {
        _ = try reached()
        return try scripts.stop(id)
    }

    package func serviceOutput(_ id: String) -> AsyncThrowingStream<ServiceEvent, any Error> { scripts.output(id) }

    package func hooks() async throws(SandboxAgentError) -> HooksStatus {
        _ = try reached()
        return scripts.hooks
    }

    package func hookOutput(_ id: String) async throws(SandboxAgentError) -> String {
        _ = try reached()
        return scripts.hookOutput(id)
    }

    package func rerunHook(_ id: String) async throws(SandboxAgentError) -> HookRerun {
        _ = try reached()
        return try scripts.rerun(id)
    }

    private func reached() throws(SandboxAgentError) -> MockHands {
        if let refusal { throw refusal }
        guard isReachable else { throw .unreachable("the mock agent is not reachable") }
        return hands
    }
}
