import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl session start`.
struct SessionStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start the sandbox of a session.",
        discussion: "A prompt does the same. A sandbox that runs already is left alone."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String?

    @Flag(inversion: .prefixedNo, help: "Wait until it runs.")
    var wait = true

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = StartSession.Params(projectID: connected.project, sessionID: id)
            let started = try await connected.client.call(StartSession.self, params)
            try connected.print(wait ? try await connected.ready(started) : started)
        }
    }
}

/// `octoctl session stop`.
struct SessionStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the sandbox of a session.",
        discussion: "Its data stays, and the next prompt wakes it. Refused while turns run or wait, unless --force."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String?

    @Flag(help: "Cancel running and waiting turns first.")
    var force = false

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = StopSession.Params(projectID: connected.project, sessionID: id, force: force ? true : nil)
            try await connected.show(StopSession.self, params)
        }
    }
}
