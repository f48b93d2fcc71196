package import OctobotModel

/// Read what a service writes.
package enum SubscribeService: StreamOperation {
    package static let name = "service.subscribe"
    package static let summary = "Read what a service writes"
    package static let description = """
        What it wrote since its last start, as far as about 1 MiB of it is kept, then what it writes, one notification \
        of type `event` each; the last is `end` with reason `stopped` when it does not run. There is no resuming: \
        whoever subscribes again reads from the beginning. Does not wake a sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/services/{serviceId}/output", shape: .custom)
    ]
    package static let errors = FaultKind.byHand + [.tooManySubscriptions]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let notification = "service"
    package static let exampleParams = ServiceTarget(sessionID: "s1", serviceID: "ui")
    package static let exampleResult = Subscribed(subscription: "s1", cursor: "service.s1:0", head: "service.s1:0")
    package static let exampleItem = ServiceOutput(
        type: .stdout,
        data: "Listening on port 3000\n",
        timestamp: Timestamp(milliseconds: 1_700_000_000_000)
    )

    package typealias Params = ServiceTarget
    package typealias Item = ServiceOutput
}

/// Something a service wrote, or how it ended (rest-api.md §16.2).
package struct ServiceOutput: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case stdout, stderr, exit, error
    }

    package var type: Kind
    package var data: String?
    package var exitCode: Int?
    package var error: String?
    package var timestamp: Timestamp

    package init(
        type: Kind,
        data: String? = nil,
        exitCode: Int? = nil,
        error: String? = nil,
        timestamp: Timestamp
    ) {
        self.type = type
        self.data = data
        self.exitCode = exitCode
        self.error = error
        self.timestamp = timestamp
    }
}

extension ServiceOutput: ComponentDescribing {
    package static let schemaName = "ServiceOutput"
    package static let definition = JSONSchema.record(
        .required("type", .enumeration(of: Kind.self), "Where it was written, or that it ended."),
        .optional("data", .string, "What was written; what is no UTF-8 is replaced."),
        .optional("exitCode", .integer(0...255), "With `exit`; absent when a signal ended it."),
        .optional("error", .string, "With `error`: why there is no output."),
        .required("timestamp", .timestamp, "When it was read.")
    )
}
