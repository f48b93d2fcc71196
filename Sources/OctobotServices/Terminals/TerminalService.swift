import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// Terminals of sessions' sandboxes (`terminal.*`; rest-api.md §17).
package struct TerminalService: Sendable {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let providers: SandboxProviders
    let projects: ProjectService
    let activity: SandboxActivity
    let roots: RootShells

    /// How long a terminal lives without a viewer.
    static let idle = 600

    /// `terminal.open`.
    package func open(_ params: OctobotAPI.OpenTerminal.Params, _ call: Call) async throws(Fault) -> Terminal {
        try await held(params, idleSeconds: Self.idle, call).state()
    }

    /// Opens a terminal that is closed after `idleSeconds` without a viewer; the sandbox is started for it.
    package func held(
        _ params: OctobotAPI.OpenTerminal.Params,
        idleSeconds: Int,
        _ call: Call
    ) async throws(Fault) -> HeldTerminal {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let id = params.id ?? .random()
        let isRoot = params.root ?? false
        if isRoot { try await admitRoot(params, call) }
        if let shell = roots.shell(id, of: session.id) { return held(id, in: session, .root(shell)) }
        return try await activity.using(session.id) { () async throws(Fault) in
            guard !isRoot else { return try await openRoot(id, in: session, params, idleSeconds: idleSeconds) }
            let request = SandboxAgentAPI.OpenTerminal(
                id: id.rawValue,
                rows: params.rows ?? 24,
                columns: params.cols ?? 80,
                command: params.command,
                directory: params.cwd,
                environment: params.env,
                idleSeconds: idleSeconds
            )
            do throws(Fault) {
                let agent = try await sandboxes.working(in: session, doing: "opening a terminal") {
                    agent throws(SandboxAgentError) in
                    _ = try await agent.openTerminal(request)
                    return agent
                }
                return held(id, in: session, .agent(agent))
            } catch {
                throw error.aboutTerminal
            }
        }
    }

    /// Starts the session's sandbox, so that a terminal opens at once; checks what can be before.
    package func prepare(_ params: OctobotAPI.OpenTerminal.Params, _ call: Call) async throws(Fault) {
        let session = try await ledger.session(params.sessionID, in: params.project)
        if params.root ?? false { try await admitRoot(params, call) }
        _ = try await activity.using(session.id) { () async throws(Fault) in try await sandboxes.running(session) }
    }

    /// Root is for whoever may administer the project; while login is off everybody admitted is the local user, who may.
    private func admitRoot(_ params: OctobotAPI.OpenTerminal.Params, _ call: Call) async throws(Fault) {
        try await projects.authorize(.admin, project: params.project, principal: call.principal)
        let superfluous = [("command", params.command != nil), ("cwd", params.cwd != nil), ("env", params.env != nil)]
        if let (name, _) = superfluous.first(where: { $0.1 }) {
            throw .invalidParams("A root shell takes no '\(name)'.", pointer: "/\(name)", rule: "root")
        }
    }

    private func openRoot(
        _ id: TerminalID,
        in session: Session,
        _ params: OctobotAPI.OpenTerminal.Params,
        idleSeconds: Int
    ) async throws(Fault) -> HeldTerminal {
        let (rows, cols) = (params.rows ?? 24, params.cols ?? 80)
        let provider = try providers.named(session.provider)
        _ = try await sandboxes.running(session)
        let terminal: any RootTerminal
        do throws(SandboxError) {
            terminal = try await provider.attachRoot(session.id, rows: rows, columns: cols)
        } catch {
            throw error.fault
        }
        let shell = RootShell(
            id,
            of: session.id,
            terminal,
            rows: rows,
            columns: cols,
            idle: .seconds(idleSeconds),
            bells: ledger.bells
        )
        return held(id, in: session, .root(try await roots.add(shell)))
    }

    /// `terminal.list`.
    package func list(_ params: SessionTarget, _ call: Call) async throws(Fault) -> Page<Terminal> {
        let session = try await ledger.session(params.sessionID, in: params.project)
        var terminals = roots.shells(of: session.id).map(\.description)
        if let agent = try await reachable(session) {
            do throws(SandboxAgentError) {
                terminals += try await agent.terminals().map { Terminal($0, of: session.id) }
            } catch {
                try SessionSandboxes.checkCancellation()
                throw error.fault(doing: "listing terminals")
            }
        }
        return Page(items: terminals.sorted { $0.openedAt < $1.openedAt })
    }

    /// `terminal.input`.
    package func input(_ params: WriteTerminal.Params, _ call: Call) async throws(Fault) -> Empty {
        guard let bytes = (params.encoding ?? .utf8).bytes(of: params.data) else {
            throw .invalidParams("'data' is no Base64.", pointer: "/data", rule: "format", expected: "base64")
        }
        guard bytes.count <= AgentLimit.terminalInput else {
            throw Fault(
                .requestTooLarge,
                "\(bytes.count) bytes are typed at once; \(AgentLimit.terminalInput) are allowed.",
                details: ["limit": .integer(Int64(AgentLimit.terminalInput))]
            )
        }
        try await terminal(params.terminalID, in: params.sessionID, params.project).write(bytes)
        return Empty()
    }

    /// `terminal.resize`.
    package func resize(_ params: OctobotAPI.ResizeTerminal.Params, _ call: Call) async throws(Fault) -> Empty {
        let terminal = try await terminal(params.terminalID, in: params.sessionID, params.project)
        try await terminal.resize(rows: params.rows, cols: params.cols)
        return Empty()
    }

    /// `terminal.close`.
    package func close(_ params: CloseTerminal.Params, _ call: Call) async throws(Fault) -> Empty {
        try await terminal(params.terminalID, in: params.sessionID, params.project).close()
        return Empty()
    }

    /// `terminal.history`: nothing is recorded.
    package func history(_ params: SessionTarget, _ call: Call) async throws(Fault) -> ReadTerminalHistory.Result {
        _ = try await ledger.session(params.sessionID, in: params.project)
        return ReadTerminalHistory.Result()
    }

    /// The terminal of this id, if its sandbox runs; does not wake it.
    func terminal(_ id: TerminalID, in session: SessionID, _ project: ProjectID) async throws(Fault) -> HeldTerminal {
        let session = try await ledger.session(session, in: project)
        if let shell = roots.shell(id, of: session.id) { return held(id, in: session, .root(shell)) }
        guard let agent = try await reachable(session) else { throw .notFound("terminal", id) }
        return held(id, in: session, .agent(agent))
    }

    /// The agent of a sandbox that runs.
    private func reachable(_ session: Session) async throws(Fault) -> (any SandboxAgent)? {
        await sandboxes.isRunning(session) ? try await sandboxes.agent(of: session) : nil
    }

    private func held(_ id: TerminalID, in session: Session, _ holder: HeldTerminal.Holder) -> HeldTerminal {
        HeldTerminal(id, in: session, holder, activity: activity)
    }
}

extension Fault {
    /// What the agent refuses, in the words of terminals.
    fileprivate var aboutTerminal: Fault {
        reason == ErrorBody.tooManyTerminals ? .tooManyTerminals : self
    }
}
