import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl session update`.
struct SessionUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Rename a session.",
        discussion: """
              octoctl session update SESSION --name "Fix the tests"
              octoctl session update SESSION --no-display-name
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String

    @Option(help: "The new name.")
    var name: String?

    @Option(help: "The name shown instead.")
    var displayName: String?

    @Flag(help: "Show the name again.")
    var noDisplayName = false

    func validate() throws {
        if displayName != nil, noDisplayName { throw ValidationError("Give --display-name or --no-display-name.") }
        if name == nil, displayName == nil, !noDisplayName { throw ValidationError("Say what to change.") }
    }

    func run() async throws {
        try await global.connected { connected in
            let params = UpdateSession.Params(
                projectID: connected.project,
                sessionID: SessionID(session),
                name: name,
                displayName: noDisplayName ? .null : displayName.map { .value($0) } ?? .absent
            )
            try await connected.show(UpdateSession.self, params)
        }
    }
}

/// `octoctl session delete`.
struct SessionDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a session with its sandbox.",
        discussion: """
            Cancels all its turns. Unmerged work is kept for 14 days: 'octoctl session kept' lists it, 'octoctl session \
            restore' brings it back.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String

    @Flag(inversion: .prefixedNo, help: "Wait until it is gone.")
    var wait = true

    func run() async throws {
        try await global.connected { connected in
            let params = DeleteSession.Params(projectID: connected.project, sessionID: SessionID(session))
            let deleted = try await connected.client.call(DeleteSession.self, params)
            if wait, let job = deleted.jobID {
                let ended = try await connected.outcome(of: job)
                guard ended.status == .completed else {
                    throw Failure(ended.error ?? "The session was not deleted.", status: .workFailed)
                }
            }
            switch connected.format {
            case .table: connected.console.note(wait ? "Deleted session \(session)." : "Deleting session \(session).")
            case .json, .ndjson: try connected.print(deleted)
            }
        }
    }
}

/// `octoctl session restore`.
struct SessionRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring back a deleted session whose work is kept."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id, from 'octoctl session kept'.")
    var session: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                RestoreSession.self,
                RestoreSession.Params(projectID: connected.project, sessionID: SessionID(session))
            )
        }
    }
}
