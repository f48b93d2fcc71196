package import JSONText
package import OctobotModel
package import SandboxAgentAPI

/// The agent service inside a sandbox, as octobotd uses it (agent-api.md as changed by decisions 14–16 and 26–34).
package protocol SandboxAgent: Sendable {
    /// Hands a prompt over; repeating it for the same turn changes nothing (decision 28).
    ///
    /// - Parameters:
    ///   - message: One UI message of role `user`.
    ///   - credentials: `nil` leaves those the agent has.
    ///   - settings: `nil` leaves those the agent has.
    func send(
        turn: TurnID,
        message: JSONValue,
        model: String?,
        reasoning: String?,
        credentials: [AgentCredential]?,
        settings: AgentSettings?,
        identity: AgentGitIdentity?
    ) async throws(SandboxAgentError)

    /// The chunks of a turn numbered above `from`, live until the turn ends (decision 29).
    ///
    /// Iterating throws ``SandboxAgentError``: ``SandboxAgentError/notFound`` for a turn the agent does not have,
    /// ``SandboxAgentError/unreachable(_:)`` when the stream breaks off before its end.
    func chunks(turn: TurnID, from: Int) -> AgentChunks

    /// A question that waits, by the id of its approval.
    ///
    /// - Throws: ``SandboxAgentError/notFound`` when it no longer waits.
    func question(_ id: String) async throws(SandboxAgentError) -> AgentQuestion

    /// Answers a question: question text → label or free text; repeating it is no error.
    func answer(_ id: String, answers: [String: String]) async throws(SandboxAgentError)

    /// Asks the agent to end a turn.
    ///
    /// - Throws: ``SandboxAgentError/conflict(_:)`` when that turn does not run.
    func cancel(turn: TurnID) async throws(SandboxAgentError)

    /// Says that a turn's chunks up to `n` are stored (decision 30).
    func acknowledge(turn: TurnID, n: Int) async throws(SandboxAgentError)

    /// The slash commands the coding agent has advertised; none before it was first started.
    func commands() async throws(SandboxAgentError) -> [String]

    /// The models the coding agent offers and what it says about itself; it is started for it when it does not run.
    ///
    /// - Parameter credentials: `nil` leaves those the agent has.
    func models(credentials: [AgentCredential]?) async throws(SandboxAgentError) -> ModelList

    /// The JSON of `GET /diff`, as it came (decision 15).
    func diff(path: String?, format: String?) async throws(SandboxAgentError) -> [UInt8]

    /// Commits what is uncommitted and rebases it onto a commit of the mirror (decision 16).
    func commit(onto: String, message: String?) async throws(SandboxAgentError) -> AgentCommit

    /// The session's commits after `parent` as one mailbox.
    func commits(parent: String) async throws(SandboxAgentError) -> AgentCommits

    /// Moves base and branch to a commit that holds the session's work.
    func moveBase(_ commit: String) async throws(SandboxAgentError)

    /// Opens a terminal; repeating it for the same id changes nothing.
    ///
    /// - Throws: ``SandboxAgentError/refused(status:code:message:)`` with 400 for sizes and commands that cannot be.
    func openTerminal(_ terminal: OpenTerminal) async throws(SandboxAgentError) -> TerminalState

    /// The terminals there are, in the order they were opened.
    func terminals() async throws(SandboxAgentError) -> [TerminalState]

    /// A terminal's output from a position on, live until its program ends; to read it is to view it.
    ///
    /// Iterating throws ``SandboxAgentError``; it ends after a record of kind ``OutputRecord/Kind/end``.
    func terminalOutput(_ id: String, from position: UInt64) -> OutputRecords

    /// Types into a terminal; returns once the terminal has taken everything.
    func writeTerminal(_ id: String, _ bytes: [UInt8]) async throws(SandboxAgentError)

    func resizeTerminal(_ id: String, rows: Int, columns: Int) async throws(SandboxAgentError)

    /// Ends a terminal and everything that runs in it.
    ///
    /// - Throws: ``SandboxAgentError/notFound`` for one that is not there.
    func closeTerminal(_ id: String) async throws(SandboxAgentError)

    /// Runs a program; to stop iterating kills it.
    ///
    /// Iterating throws ``SandboxAgentError``; it ends after a record of kind ``OutputRecord/Kind/end``.
    func run(_ command: RunCommand) -> OutputRecords

    /// What the sandbox uses.
    func use() async throws(SandboxAgentError) -> SandboxUse

    /// One folder of the workspace.
    func listFiles(_ path: String, hidden: Bool) async throws(SandboxAgentError) -> FolderListing

    /// A file of the workspace, or the part of it from `offset` on; without `length` up to its end.
    func readFile(_ path: String, offset: Int?, length: Int?) async throws(SandboxAgentError) -> FileContent

    /// Replaces a file.
    ///
    /// - Throws: ``SandboxAgentError/refused(status:code:message:)`` with 409 and ``ErrorBody/versionConflict`` when the
    ///   file is not the one that was read.
    func writeFile(_ file: WriteFile) async throws(SandboxAgentError) -> FileWritten

    func deleteFile(_ path: String) async throws(SandboxAgentError) -> FileDeleted

    func renameFile(_ old: String, to new: String) async throws(SandboxAgentError) -> RenameFile

    /// The services the workspace declares, by name.
    func services() async throws(SandboxAgentError) -> [SandboxService]

    /// Starts a service.
    ///
    /// - Throws: ``SandboxAgentError/refused(status:code:message:)`` with ``ErrorBody/serviceAlreadyRunning`` and the like.
    func startService(_ id: String) async throws(SandboxAgentError) -> ServiceChange

    /// Ends a service; answers when nothing of it is left.
    func stopService(_ id: String) async throws(SandboxAgentError) -> ServiceChange

    /// What a service wrote, then what it writes; ends when it does not run. It is asked for when the first is read.
    ///
    /// Iterating throws ``SandboxAgentError``.
    func serviceOutput(_ id: String) -> AsyncThrowingStream<ServiceEvent, any Error>

    /// How the hooks did.
    func hooks() async throws(SandboxAgentError) -> HooksStatus

    /// What a hook wrote when it last ran.
    func hookOutput(_ id: String) async throws(SandboxAgentError) -> String

    /// Runs a file hook again; answers when it has run.
    func rerunHook(_ id: String) async throws(SandboxAgentError) -> HookRerun
}

/// What a question asks, and of which kind it is.
package struct AgentQuestion: Sendable, Equatable {
    package var questions: [Question]
    /// Whether it asks for leave to do something, rather than for information.
    package var isPermission: Bool
    /// What a permission is asked for, where the agent can tell.
    package var subject: ApprovalSubject?

    package init(questions: [Question], isPermission: Bool, subject: ApprovalSubject? = nil) {
        self.questions = questions
        self.isPermission = isPermission
        self.subject = subject
    }
}

/// Where the session's work stands after it was committed.
package struct AgentCommit: Sendable, Equatable {
    package var head: String
    /// 0: there was nothing to commit.
    package var commitCount: Int

    package init(head: String, commitCount: Int) {
        self.head = head
        self.commitCount = commitCount
    }
}

/// Commits on their way out of a sandbox.
package struct AgentCommits: Sendable, Equatable {
    /// A mailbox as `git format-patch --stdout` writes it; any bytes.
    package var patches: [UInt8]
    package var commitCount: Int

    package init(patches: [UInt8], commitCount: Int) {
        self.patches = patches
        self.commitCount = commitCount
    }
}
