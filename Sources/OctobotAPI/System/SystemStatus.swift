package import OctobotModel

/// Show how the daemon is.
package enum SystemStatus: Operation {
    package static let name = "system.status"
    package static let summary = "Show how the daemon is"
    package static let description = """
        Warnings about this host, tasks of the start, and where the daemon listens.
        """
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/api/status")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result(
        ok: true,
        messages: [],
        startupTasks: [],
        version: "0.1.0",
        gateway: "http://127.0.0.1:3001",
        socket: "/run/user/1000/octobot/octobotd.sock"
    )

    package typealias Params = Empty

    /// How the daemon is.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var ok: Bool
        package var messages: [Message]
        package var startupTasks: [Task]
        package var version: String
        package var gateway: String?
        package var socket: String

        package init(
            ok: Bool,
            messages: [Message],
            startupTasks: [Task],
            version: String,
            gateway: String? = nil,
            socket: String
        ) {
            self.ok = ok
            self.messages = messages
            self.startupTasks = startupTasks
            self.version = version
            self.gateway = gateway
            self.socket = socket
        }

        package static let schemaName = "SystemStatus"
        package static let definition = JSONSchema.record(
            .required("ok", .boolean, "False when a message has level `error`."),
            .required("messages", .array(of: .reference(to: Message.self)), "What is wrong here."),
            .required("startupTasks", .array(of: .reference(to: Task.self)), "What the daemon does after its start."),
            .required("version", .string, "Of the daemon."),
            .optional("gateway", JSONSchema(.string(.init(format: .uri))), "Where the HTTP gateway listens."),
            .required("socket", .string, "The path of the socket.")
        )
    }

    /// Something about this host that a person should know.
    package struct Message: Codable, Sendable, Equatable, ComponentDescribing {
        package var id: String
        package var level: Level
        package var title: String
        package var message: String

        package init(id: String, level: Level, title: String, message: String) {
            self.id = id
            self.level = level
            self.title = title
            self.message = message
        }

        package static let schemaName = "SystemMessage"
        package static let definition = JSONSchema.record(
            .required("id", .string, "Stable, such as `git-not-found`."),
            .required("level", .enumeration(of: Level.self), "How bad it is."),
            .required("title", .string, "In a few words."),
            .required("message", .string, "What it means and what to do.")
        )

        package enum Level: String, Sendable, Codable, CaseIterable {
            case warn, error
        }
    }

    /// Something the daemon does once after its start.
    package struct Task: Codable, Sendable, Equatable, ComponentDescribing {
        package var id: String
        package var name: String
        package var state: State
        package var progress: Int?
        package var currentOperation: String?
        package var bytesDownloaded: Int64?
        package var totalBytes: Int64?
        package var error: String?
        package var startedAt: Timestamp?
        package var completedAt: Timestamp?

        package init(
            id: String,
            name: String,
            state: State,
            progress: Int? = nil,
            currentOperation: String? = nil,
            bytesDownloaded: Int64? = nil,
            totalBytes: Int64? = nil,
            error: String? = nil,
            startedAt: Timestamp? = nil,
            completedAt: Timestamp? = nil
        ) {
            self.id = id
            self.name = name
            self.state = state
            self.progress = progress
            self.currentOperation = currentOperation
            self.bytesDownloaded = bytesDownloaded
            self.totalBytes = totalBytes
            self.error = error
            self.startedAt = startedAt
            self.completedAt = completedAt
        }

        package static let schemaName = "StartupTask"
        package static let definition = JSONSchema(
            .object(JSONSchema.ObjectRules(members: members, openness: .growing, exactlyOne: []))
        )

        static let members: [JSONSchema.Member] = [
            .required("id", .string, "Stable."),
            .required("name", .string, "For people."),
            .required("state", .enumeration(of: State.self), "Where it is."),
            .optional("progress", .integer(0...100), "In per cent."),
            .optional("currentOperation", .string, "What it does now."),
            .optional("bytesDownloaded", .count, "So far."),
            .optional("totalBytes", .count, "When known."),
            .optional("error", .string, "Why it failed."),
            .optional("startedAt", .timestamp, "When it began."),
            .optional("completedAt", .timestamp, "When it ended."),
        ]

        package enum State: String, Sendable, Codable, CaseIterable {
            case pending, completed, failed
            case inProgress = "in_progress"
        }
    }
}
