package import OctobotModel

/// List the services of a session.
package enum ListServices: Operation {
    package static let name = "service.list"
    package static let summary = "List the services of a session"
    package static let description = """
        What the workspace declares in `.octobot/services`, by name, and what of it runs. Always one page. Does not \
        wake a sandbox; of one that does not run nothing is listed.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/services", shape: .list("services"))
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = SessionTarget(sessionID: "s1")
    package static let exampleResult = Page(items: [DeclaredService.example])

    package typealias Params = SessionTarget
    package typealias Result = Page<DeclaredService>
}

/// Start a service.
package enum StartService: Operation {
    package static let name = "service.start"
    package static let summary = "Start a service of a session"
    package static let description = """
        Runs its script in the workspace, in a process group of its own and without credentials; what an earlier run \
        wrote is forgotten. A stopped sandbox is started. InvalidState with reason `service_already_running` when it \
        runs; a port without a script is no service to start.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post(
            "/api/projects/{projectId}/sessions/{sessionId}/services/{serviceId}/start",
            success: 202,
            body: .ignored
        )
    ]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "serviceId")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = ServiceTarget(sessionID: "s1", serviceID: "ui")
    package static let exampleResult = ServiceChanged(status: .starting, serviceID: "ui")

    package typealias Params = ServiceTarget
    package typealias Result = ServiceChanged
}

/// Stop a service.
package enum StopService: Operation {
    package static let name = "service.stop"
    package static let summary = "Stop a service of a session"
    package static let description = """
        SIGTERM to its process group, and two seconds later SIGKILL to everything it started; answered when nothing of \
        it is left. Does not wake a sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/sessions/{sessionId}/services/{serviceId}/stop", body: .ignored)
    ]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "serviceId")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = ServiceTarget(sessionID: "s1", serviceID: "ui")
    package static let exampleResult = ServiceChanged(status: .stopped, serviceID: "ui")

    package typealias Params = ServiceTarget
    package typealias Result = ServiceChanged
}

/// What became of a service.
package struct ServiceChanged: Codable, Sendable, Equatable {
    package var status: DeclaredService.Status
    package var serviceID: ServiceID

    package init(status: DeclaredService.Status, serviceID: ServiceID) {
        self.status = status
        self.serviceID = serviceID
    }

    private enum CodingKeys: String, CodingKey {
        case status
        case serviceID = "serviceId"
    }
}

extension ServiceChanged: ComponentDescribing {
    package static let schemaName = "ServiceChanged"
    package static let definition = JSONSchema.record(
        .required("status", .enumeration(of: DeclaredService.Status.self), "What it is now."),
        .required("serviceId", .identifier, "The service.")
    )
}
