package import OctobotModel

package typealias ServiceID = Identifier<DeclaredService>

/// A service of a session's workspace (rest-api.md §16.1).
package struct DeclaredService: Codable, Sendable, Equatable {
    package enum Status: String, Codable, Sendable, CaseIterable {
        case running, stopped, starting, stopping
    }

    package var id: ServiceID
    package var name: String
    package var description: String?
    package var http: Int?
    package var https: Int?
    /// Its file, an absolute path in the sandbox.
    package var path: String
    /// Where a preview begins.
    package var urlPath: String?
    package var status: Status
    /// `true` for a port without a script.
    package var passive: Bool?
    package var pid: Int?
    package var startedAt: Timestamp?
    /// Absent when a signal ended it.
    package var exitCode: Int?

    package init(id: ServiceID, name: String, path: String, status: Status) {
        self.id = id
        self.name = name
        self.path = path
        self.status = status
    }
}

extension DeclaredService: ComponentDescribing {
    package static let schemaName = "Service"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "From the name of its file."),
        .required("name", .string, "What people call it."),
        .optional("description", .string, "What it is for."),
        .optional("http", .port, "The port it serves HTTP on."),
        .optional("https", .port, "The port it calls HTTPS."),
        .required("path", .path, "Its file, in the sandbox."),
        .optional("urlPath", .string, "Where a preview begins."),
        .required("status", .enumeration(of: Status.self), "Whether it runs."),
        .optional("passive", .boolean, "Whether it is a port without a script: never started nor stopped."),
        .optional("pid", .count, "Its process, in the sandbox."),
        .optional("startedAt", .timestamp, "When it was started last; no longer told 30 s after its end."),
        .optional("exitCode", .integer(0...255), "How it ended; absent when a signal ended it."),
        description: "A background process that the workspace declares in `.octobot/services`."
    )

    static let example: DeclaredService = {
        var example = DeclaredService(
            id: "ui",
            name: "Dev UI",
            path: "/home/octobot/workspace/.octobot/services/ui.sh",
            status: .running
        )
        example.http = 3000
        example.pid = 4711
        example.startedAt = Timestamp(milliseconds: 1_700_000_000_000)
        return example
    }()
}

extension JSONSchema {
    fileprivate static let port = integer(1...65_535)
}

/// Params that name a service of a session.
package struct ServiceTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var sessionID: SessionID
    package var serviceID: ServiceID

    package init(projectID: ProjectID? = nil, sessionID: SessionID, serviceID: ServiceID) {
        self.projectID = projectID
        self.sessionID = sessionID
        self.serviceID = serviceID
    }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
        case sessionID = "sessionId"
        case serviceID = "serviceId"
    }

    package static let schema = JSONSchema.parameters(
        .project,
        .session,
        .required("serviceId", .identifier, "The service.")
    )
}
