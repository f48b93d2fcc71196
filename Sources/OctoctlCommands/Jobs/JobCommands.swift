import ArgumentParser
import OctobotAPI
import OctobotModel

extension JobStatus: ExpressibleByArgument {}

/// `octoctl job`.
struct JobCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Work the daemon does in the background.",
        subcommands: [JobGet.self, JobList.self, JobWait.self, JobCancel.self]
    )
}

extension Job: Tabular, Describable {
    static let columns = ["ID", "TYPE", "RESOURCE", "STATUS", "CREATED", "ERROR"]
    var cells: [String] {
        [id.rawValue, type.rawValue, resourceID, status.rawValue, createdAt.short, error ?? ""]
    }
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("type", type.rawValue), Field(resourceType, resourceID),
            Field("status", status.rawValue), Field("error", error), Field("reason", reason),
            Field("attempts", "\(attempts) of \(maxAttempts)"), Field("created", createdAt.short),
            Field("started", startedAt?.short), Field("ended", completedAt?.short),
        ].compactMap { $0 }
    }
}
