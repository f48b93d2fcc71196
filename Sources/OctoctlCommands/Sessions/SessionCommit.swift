import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl session commit`.
struct SessionCommit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: CommitOptions.abstract,
        discussion: CommitOptions.discussion
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id.")
    var session: String?

    @OptionGroup var options: CommitOptions

    func run() async throws { try await options.run(global, session: session) }
}

/// `octoctl commit`.
struct CommitShortcut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: CommitOptions.abstract,
        discussion: CommitOptions.discussion + """


              octoctl commit --message "Write down the plan"
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The session. (default: the latest of the current folder's workspace)")
    var session: String?

    @OptionGroup var options: CommitOptions

    func run() async throws { try await options.run(global, session: session) }
}

/// What both ways to commit share.
struct CommitOptions: ParsableArguments {
    static let abstract = "Bring a session's work back as commits in your repository."
    static let discussion = """
        The agent's work is committed, rebased onto the HEAD of your repository and put there wholly or not at all; other \
        changes in your folder stay as they are. Exit status 4 says that your repository is as it was: a conflict, a \
        changed file in the way, a merge under way.
        """

    @Option(name: [.customShort("m"), .long], help: "The message of the commit. (default: the session's name)")
    var message: String?

    @Flag(inversion: .prefixedNo, help: "Wait for the outcome.")
    var wait = true

    func run(_ global: GlobalOptions, session: String?) async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = CommitSession.Params(projectID: connected.project, sessionID: id, message: message)
            let queued = try await connected.client.call(CommitSession.self, params)
            guard wait, let job = queued.jobID else {
                guard connected.format == .table else { return try connected.print(queued) }
                let job = queued.jobID.map { "; 'octoctl job wait \($0)' waits for it" } ?? ""
                return connected.console.note("The commit is under way\(job).")
            }
            let ended = try await connected.outcome(of: job)
            let get = GetSession.Params(projectID: connected.project, sessionID: id)
            let session = try await connected.persistently { try await connected.client.call(GetSession.self, get) }
            try CommitReport(session: session, job: ended).print(on: connected)
        }
    }
}

/// How a commit ended, for people and as an exit status.
struct CommitReport {
    let session: Session
    let job: Job

    func print(on connected: Connected) throws {
        if connected.format != .table { try connected.print(session) }
        switch session.commitOutcome {
        case .committed?:
            guard connected.format == .table else { return }
            connected.console.line("committed \(session.appliedCommit ?? "")")
        case .nothingToCommit?:
            connected.console.note("Nothing to commit.")
        case let outcome?:
            throw failure(outcome)
        case nil:
            throw Failure(
                job.error ?? session.commitError ?? "The commit was \(job.status.rawValue).",
                hint: "Your repository is as it was.",
                status: .workFailed
            )
        }
    }

    /// - Parameter outcome: Any but the two that are no failure.
    func failure(_ outcome: CommitOutcome) -> Failure {
        let hint: String
        switch outcome {
        case .conflict: hint = "Ask the agent to rebase onto your HEAD, or move your commits out of the way."
        case .targetDirty: hint = "Commit or stash your changes to those files, then commit again."
        case .targetMoved: hint = "HEAD moved meanwhile; commit again."
        case .targetBusy: hint = "Finish the merge, rebase or git command under way, then commit again."
        case .targetDetached: hint = "Check out a branch, then commit again."
        case .targetChanged: hint = "Look at 'git status' in your folder; files were changed while it was updated."
        case .patchRefused: hint = "'octoctl diff' shows the work; git cannot apply it as it is."
        case .committed, .nothingToCommit: hint = ""
        }
        return Failure(
            session.commitError ?? "Not committed: \(outcome.rawValue).",
            hint: hint,
            status: .conflict
        )
    }
}
