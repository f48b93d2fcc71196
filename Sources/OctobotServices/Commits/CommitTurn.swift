import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore

/// The turn in which an agent that has a command for it prepares its work before it is committed (decision 16).
///
/// A turn like any other but for two things: it is asked for while a commit refuses everybody else's prompts, and its
/// message's id is the job's, so that a job that begins anew finds the turn it has asked for already.
struct CommitTurn: Sendable {
    let job: JobID
    let session: Session
    let ledger: Ledger
    let logger: Logger

    /// The slash command an agent advertises to get this turn.
    static let command = "octobot-commit"

    static func messageID(of job: JobID, in session: SessionID) -> String { "\(session)-commit-\(job)" }

    /// Has the agent prepare its work, if it knows how to.
    ///
    /// Returns once the turn has ended, completed or not: what the agent has left undone the commit does itself.
    /// - Throws: ``JobFailure`` when the turn was cancelled.
    func run(onto commit: String, by agent: any SandboxAgent) async throws {
        if try await stored() == nil {
            do {
                guard try await agent.commands().contains(Self.command) else { return }
            } catch {
                throw error.fault(doing: "asking for the agent's commands")
            }
            try await ledger.write { [job, session] transaction, wakes in
                try transaction.enqueueCommitTurn(of: job, in: session.id, onto: commit, &wakes)
            }
        }
        let turn = try await ended()
        switch turn.state {
        case .cancelled:
            throw JobFailure(
                "The commit was given up: the turn in which the agent prepared it was cancelled.",
                reason: "turn.cancelled",
                isPermanent: true
            )
        case .completed, .queued, .delivering, .running: break
        case .failed, .unknown:
            logger.warning(
                "The agent did not prepare the commit",
                metadata: [
                    "turn.id": "\(turn.id)", "session.id": "\(session.id)", "turn.state": "\(turn.state.rawValue)",
                    "error": "\(turn.reason ?? "")",
                ]
            )
        }
    }

    private func stored() async throws(Fault) -> Turn? {
        let id = Self.messageID(of: job, in: session.id)
        return try await ledger.read { [session] in try $0.turn(message: id, in: session.id)?.turn }
    }

    private func ended() async throws -> Turn {
        let bell = ledger.bells.listen(to: .turns(session.id))
        while true {
            guard let turn = try await stored() else { throw JobFailure("The session is gone.", isPermanent: true) }
            if turn.state.isTerminal { return turn }
            try await bell.wait()
        }
    }
}

extension StoreTransaction {
    /// Stores a commit's turn, once.
    func enqueueCommitTurn(
        of job: JobID,
        in id: SessionID,
        onto commit: String,
        _ wakes: inout Wakes
    ) throws {
        guard let session = try session(id, in: nil) else { throw Fault.notFound("session", id) }
        if session.status == .removing { throw Fault.removing(session) }
        let prompt = Prompt(
            messageID: CommitTurn.messageID(of: job, in: id),
            parts: [["type": "text", "text": .string("/\(CommitTurn.command) \(commit)")]]
        )
        guard try turn(message: prompt.messageID, in: id) == nil else { return }
        _ = try enqueue(prompt, in: session, model: session.model, reasoning: session.reasoning, &wakes)
    }

    /// Ends the turn of a commit that has ended without it.
    func cancelCommitTurn(of job: JobID, in id: SessionID, _ wakes: inout Wakes) throws {
        guard let session = try session(id, in: nil),
            let turn = try turn(message: CommitTurn.messageID(of: job, in: id), in: id)?.turn, !turn.state.isTerminal
        else { return }
        try cancelTurns([turn], in: session, &wakes)
    }
}
