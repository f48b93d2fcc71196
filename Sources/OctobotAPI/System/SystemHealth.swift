package import OctobotModel

/// Say that the daemon answers.
package enum SystemHealth: Operation {
    package static let name = "system.health"
    package static let summary = "Say that the daemon answers"
    package static let description = "Looks at nothing; for probes."
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/health")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result()

    package typealias Params = Empty

    /// The answer to a probe.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var status: String

        package init(status: String = "ok") {
            self.status = status
        }

        package static let schemaName = "Health"
        package static let definition = JSONSchema.record(
            .required("status", JSONSchema(.constant("ok")), "Always `ok`.")
        )
    }
}

/// Show the versions of daemon, protocol and API.
package enum SystemVersion: Operation {
    package static let name = "system.version"
    package static let summary = "Show the versions of daemon, protocol and API"
    package static let description = """
        `protocol` changes when old clients can no longer talk to the daemon, `apiLevel` with every addition.
        """
    package static let access = Access.public
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result(version: "0.1.0", protocol: 1, apiLevel: 1)

    package typealias Params = Empty

    /// What runs here.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var version: String
        package var `protocol`: Int
        package var apiLevel: Int

        package init(version: String, `protocol`: Int, apiLevel: Int) {
            self.version = version
            self.`protocol` = `protocol`
            self.apiLevel = apiLevel
        }

        package static let schemaName = "Version"
        package static let definition = JSONSchema.record(
            .required("version", .string, "Of the daemon."),
            .required("protocol", .integer(1...1000), "Of the wire."),
            .required("apiLevel", .integer(1...1_000_000), "Of the operations.")
        )
    }
}

/// Stop the daemon.
package enum SystemShutdown: Operation {
    package static let name = "system.shutdown"
    package static let summary = "Stop the daemon"
    package static let description = """
        Answers first, then drains and stops as SIGTERM does. Sandboxes keep running.
        """
    package static let access = Access.operator
    package static let errors: [FaultKind] = [.permissionDenied]
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Empty()
    package static let exampleResult = Empty()

    package typealias Params = Empty
    package typealias Result = Empty
}
