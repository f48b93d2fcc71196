import Foundation
import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI

/// Programs run by hand in sandboxes, and what sandboxes use (`session.exec`, `session.stats`).
package struct CommandService: Sendable {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let providers: SandboxProviders
    let activity: SandboxActivity
    let disk: DiskLimits

    /// `session.exec`.
    ///
    /// To stop reading the output is to kill the program, so that a call that is cancelled leaves nothing behind. A
    /// program is never run twice, whatever becomes of its sandbox.
    package func exec(_ params: ExecSession.Params, _ call: Call) async throws(Fault) -> CommandResult {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let command = try RunCommand(params)
        return try await activity.using(session.id) { () async throws(Fault) in
            let agent = try await sandboxes.running(session)
            do {
                return try await withDeadline(command.patience) {
                    var output = CommandOutput(limit: command.outputLimit)
                    for try await record in agent.run(command) { try output.add(record) }
                    return try output.result()
                }
            } catch {
                throw Self.fault(for: error)
            }
        }
    }

    /// What became of a program whose end was not told.
    static func fault(for error: any Error) -> Fault {
        switch error {
        case _ where Task.isCancelled, is CancellationError:
            Fault(.cancelled, "The call was cancelled and the program killed.")
        case let fault as Fault: fault
        case SandboxAgentError.refused(_, ErrorBody.commandNotFound, let message):
            Fault(.notFound, message, reason: CommandParams.programNotFound)
        case let error as SandboxAgentError: error.fault(doing: "running the program")
        case is DeadlinePassed:
            Fault(.upstreamFailed, "The sandbox did not end the program in time.", reason: "agent.overdue")
        default: Fault(.upstreamFailed, "The end of the program cannot be read.", reason: "agent.invalidAnswer")
        }
    }

    /// `session.stats`; never wakes a sandbox, and is no use of it either.
    package func stats(_ params: ReadSessionStats.Params, _ call: Call) async throws(Fault) -> SessionStats {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let limits = try providers.named(session.provider).limits
        let written = try await ledger.read { try $0.lastActivity(session.id) } ?? session.updatedAt
        var stats = SessionStats(
            state: session.status,
            memoryLimitBytes: limits.memoryBytes,
            cpuLimit: limits.processors,
            processLimit: limits.processes,
            diskLimitBytes: disk.home,
            lastActivityAt: activity.lastUse(of: session.id, written: written) ?? .now
        )
        switch await sandboxes.sight(of: session) {
        case .running: break
        case .down, .absent: return stats
        case .hidden(let fault): throw fault
        }
        let agent = try await sandboxes.agent(of: session)
        do throws(SandboxAgentError) {
            let use = try await agent.use()
            stats.memoryBytes = use.memoryBytes
            stats.cpuMilliseconds = use.cpuMilliseconds
            stats.processes = use.processes
            stats.diskBytes = use.diskBytes
            stats.diskPartial = use.isDiskPartial
            stats.terminals = try await agent.terminals().count(where: \.isRunning)
        } catch {
            try SessionSandboxes.checkCancellation()
            // It may have ended in between, and then there is nothing it uses.
            guard await sandboxes.isRunning(session) else { return stats }
            throw error.fault(doing: "looking at what it uses")
        }
        return stats
    }
}
