import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// What workspaces declare in `.octobot/services` and `.octobot/hooks` (`service.*`, `hook.*`; rest-api.md §15, §16).
///
/// Their files are read, and their programs run, in the sandbox only. To look at them wakes no sandbox and is no use of
/// it, for browsers look all the time.
package struct ScriptService: Sendable {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let activity: SandboxActivity

    /// `service.list`.
    package func list(_ params: SessionTarget, _ call: Call) async throws(Fault) -> Page<DeclaredService> {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let services = try await looking(at: session, doing: "listing services") { agent throws(SandboxAgentError) in
            try await agent.services()
        }
        return Page(items: (services ?? []).map { DeclaredService($0) })
    }

    /// `service.start`.
    package func start(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> ServiceChanged {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let id = params.serviceID.rawValue
        let change = try await activity.using(session.id) { () async throws(Fault) in
            let agent = try await sandboxes.running(session)
            return try await Self.asking("starting a service") { () async throws(SandboxAgentError) in
                try await agent.startService(id)
            }
        }
        return ServiceChanged(status: DeclaredService.Status(change.status), serviceID: params.serviceID)
    }

    /// `service.stop`.
    package func stop(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> ServiceChanged {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let id = params.serviceID.rawValue
        let change = try await looking(at: session, doing: "stopping a service") { agent throws(SandboxAgentError) in
            try await agent.stopService(id)
        }
        guard let change else { throw .notFound("service", id) }
        return ServiceChanged(status: DeclaredService.Status(change.status), serviceID: params.serviceID)
    }

    /// `service.subscribe`.
    package func subscribe(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> LogReader {
        let session = try await ledger.session(params.sessionID, in: params.project)
        guard await sandboxes.isRunning(session) else { throw Self.asleep(session) }
        let agent = try await sandboxes.agent(of: session)
        let services = try await Self.asking("looking at a service") { () async throws(SandboxAgentError) in
            try await agent.services()
        }
        if services.first(where: { $0.id == params.serviceID.rawValue })?.passive == true {
            throw .invalidParams(
                "The service '\(params.serviceID)' only declares a port; it writes nothing.",
                pointer: "/serviceId",
                rule: "passive"
            )
        }
        let reader = ServiceReader(agent.serviceOutput(params.serviceID.rawValue)) { [id = session.id] position in
            Cursor(service: id, position: position).description
        }
        let start = Cursor(service: session.id, position: 0).description
        return LogReader(cursor: start, head: start) { try await reader.element() }
    }

    /// `hook.list`.
    package func hooks(_ params: SessionTarget, _ call: Call) async throws(Fault) -> ListHooks.Result {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let status = try await looking(at: session, doing: "looking at hooks") { agent throws(SandboxAgentError) in
            try await agent.hooks()
        }
        return status.map { ListHooks.Result($0) } ?? ListHooks.Result()
    }

    /// `hook.output`.
    package func hookOutput(_ params: HookTarget, _ call: Call) async throws(Fault) -> ReadHookOutput.Result {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let id = params.hookID.rawValue
        let output = try await looking(at: session, doing: "reading a hook's output") {
            agent throws(SandboxAgentError) in
            try await agent.hookOutput(id)
        }
        guard let output else { throw Self.asleep(session) }
        return ReadHookOutput.Result(output: output)
    }

    /// `hook.rerun`; a hook is never run twice, whatever becomes of its sandbox.
    package func rerun(_ params: HookTarget, _ call: Call) async throws(Fault) -> RerunHook.Result {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let id = params.hookID.rawValue
        return try await activity.using(session.id) { () async throws(Fault) in
            let agent = try await sandboxes.running(session)
            let done = try await Self.asking("running a hook", missing: .notFound("hook", id)) {
                () async throws(SandboxAgentError) in
                try await agent.rerunHook(id)
            }
            return RerunHook.Result(success: done.success, exitCode: min(max(done.exitCode, 0), 255))
        }
    }

    /// Asks the agent of a sandbox that runs; `nil` when it does not.
    private func looking<Value: Sendable>(
        at session: Session,
        doing what: String,
        _ look: (any SandboxAgent) async throws(SandboxAgentError) -> Value
    ) async throws(Fault) -> Value? {
        guard await sandboxes.isRunning(session) else { return nil }
        let agent = try await sandboxes.agent(of: session)
        return try await Self.asking(what) { () async throws(SandboxAgentError) in try await look(agent) }
    }

    private static func asking<Value: Sendable>(
        _ what: String,
        missing: Fault? = nil,
        _ ask: () async throws(SandboxAgentError) -> Value
    ) async throws(Fault) -> Value {
        do throws(SandboxAgentError) {
            return try await ask()
        } catch {
            try SessionSandboxes.checkCancellation()
            if case .notFound = error, let missing { throw missing }
            throw error.fault(doing: what)
        }
    }

    private static func asleep(_ session: Session) -> Fault {
        .invalidState(
            "The session's sandbox does not run.",
            reason: "sandbox.notRunning",
            state: session.status.rawValue,
            hint: "Start the session."
        )
    }
}
