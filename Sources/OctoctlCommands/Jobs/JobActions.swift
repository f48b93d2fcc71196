import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl job list`.
struct JobList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List jobs, newest first; those that ended are kept for 7 days."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: JobListOptions

    func run() async throws { try await options.run(global) }
}

/// `octoctl jobs`.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List jobs; the same as 'job list'.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: JobListOptions

    func run() async throws { try await options.run(global) }
}

/// Which jobs are listed.
struct JobListOptions: ParsableArguments {
    @Option(help: "Only those in this state.")
    var status: JobStatus?

    @OptionGroup var page: PageOptions

    func run(_ global: GlobalOptions) async throws {
        try await global.connected { connected in
            try await connected.list(ListJobs.self, page, nothing: "No jobs.") { limit, cursor in
                ListJobs.Params(projectID: connected.project, status: status, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl job get`.
struct JobGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a job.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var job: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(GetJob.self, GetJob.Params(projectID: connected.project, jobID: JobID(job)))
        }
    }
}

/// `octoctl job wait`.
struct JobWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until a job ends.",
        discussion: "Exit status: 0 completed, 1 failed, 130 cancelled, 5 when the time is over."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var job: String

    @Option(help: ArgumentHelp("Wait at most this long. (default: until it ends)", valueName: "seconds"))
    var timeout: Int?

    func validate() throws {
        if let timeout, !(0...3600).contains(timeout) { throw ValidationError("--timeout is 0 to 3600 seconds.") }
    }

    func run() async throws {
        try await global.connected { connected in
            let id = JobID(job)
            let ended: Job
            if let timeout {
                let params = WaitJob.Params(projectID: connected.project, jobID: id, timeoutMs: timeout * 1000)
                ended = try await connected.client.call(WaitJob.self, params)
            } else {
                ended = try await connected.outcome(of: id)
            }
            try connected.print(ended)
            switch ended.status {
            case .completed: break
            case .failed: throw ExitCode(Failure.Status.workFailed.rawValue)
            case .cancelled: throw ExitCode(Failure.Status.cancelled.rawValue)
            case .pending, .running: throw ExitCode(Failure.Status.undecided.rawValue)
            }
        }
    }
}

/// `octoctl job cancel`.
struct JobCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a job.",
        discussion: "A waiting job ends at once, a running one when it notices."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var job: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(CancelJob.self, CancelJob.Params(projectID: connected.project, jobID: JobID(job)))
        }
    }
}
