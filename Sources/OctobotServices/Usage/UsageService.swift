package import OctobotAPI
package import OctobotModel
import OctobotStore

/// What turns used (`usage.get`).
package struct UsageService: Sendable {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `usage.get`.
    package func get(_ params: GetUsage.Params, _ call: Call) async throws(Fault) -> Usage {
        let usage = try await ledger.read { reader -> Usage? in
            if let session = params.sessionID, try reader.session(session, in: params.project) == nil { return nil }
            return try reader.usage(in: params.project, session: params.sessionID)
        }
        guard let usage else { throw .notFound("session", params.sessionID ?? "") }
        return usage
    }
}
