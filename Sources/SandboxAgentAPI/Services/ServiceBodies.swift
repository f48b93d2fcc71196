/// A service of the workspace, `.octobot/services/*` (agent-api.md §12.2).
package struct SandboxService: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        case running, stopped, starting, stopping
    }

    package var id: String
    package var name: String
    package var description: String?
    /// The port it serves HTTP on.
    package var http: Int?
    /// The port it calls HTTPS; it is spoken to in plain HTTP all the same.
    package var https: Int?
    /// Its file, an absolute path in the sandbox.
    package var path: String
    /// Where a preview begins, with a leading slash.
    package var urlPath: String?
    package var status: Status
    /// `true` for a port without a script: never started nor stopped.
    package var passive: Bool?
    package var pid: Int?
    /// ISO 8601, UTC, milliseconds.
    package var startedAt: String?
    /// Its exit status; absent when a signal ended it.
    package var exitCode: Int?

    package init(id: String, name: String, path: String, status: Status = .stopped) {
        self.id = id
        self.name = name
        self.path = path
        self.status = status
    }

    /// The port that is proxied to.
    package var port: Int? { http ?? https }
}

/// `GET /services`, sorted by name.
package struct ServiceList: Sendable, Codable, Equatable {
    package var services: [SandboxService]
    package init(_ services: [SandboxService] = []) { self.services = services }
}

/// The answer to start and stop.
package struct ServiceChange: Sendable, Codable, Equatable {
    package var status: SandboxService.Status
    package var serviceID: String

    package init(_ status: SandboxService.Status, of service: String) {
        self.status = status
        serviceID = service
    }

    private enum CodingKeys: String, CodingKey {
        case status
        case serviceID = "serviceId"
    }
}

/// One event of a service's output (agent-api.md §12.4).
package struct ServiceEvent: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case stdout, stderr, exit, error
    }

    package var type: Kind
    /// What was written; no UTF-8 character is split between two events, and what is no UTF-8 is replaced.
    package var data: String?
    /// With `exit`; absent when a signal ended it.
    package var exitCode: Int?
    /// With `error`.
    package var error: String?
    /// ISO 8601, UTC, milliseconds.
    package var timestamp: String

    package init(
        _ type: Kind,
        data: String? = nil,
        exitCode: Int? = nil,
        error: String? = nil,
        timestamp: String
    ) {
        self.type = type
        self.data = data
        self.exitCode = exitCode
        self.error = error
        self.timestamp = timestamp
    }
}
