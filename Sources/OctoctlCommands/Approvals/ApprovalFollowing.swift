import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

extension Connected {
    /// Prints what waits, and then every approval whenever it changes, until it is interrupted.
    ///
    /// The events are read from before the list, so that nothing falls between them; what the list showed already is not
    /// printed again.
    func followApprovals(of session: SessionID?) async throws {
        var shown: [ApprovalID: Approval.State] = [:]
        var isListed = false
        for try await element in client.events(SubscribeEvents.Params(projectID: project, from: .now)) {
            switch element {
            case .started where !isListed:
                isListed = true
                for approval in try await pendingApprovals(of: session) {
                    shown[approval.id] = approval.state
                    print(approval)
                }
            case .item(let event, _, _, _):
                guard event.type == .approvalUpdated, let id = event.data["approvalId"]?.stringValue,
                    session == nil || event.data["sessionId"]?.stringValue == session?.rawValue,
                    let approval = try await fetched(ApprovalID(id)), shown[approval.id] != approval.state
                else { continue }
                shown[approval.id] = approval.state == .pending ? .pending : nil
                print(approval)
            case .gap(let reason, _, _): console.note("Some were missed: \(reason).", .yellow)
            case .reconnecting: console.note("The connection was lost; connecting again …", .dim)
            case .end(let reason, _): return console.note("The stream ended: \(reason).")
            case .started, .synced, .bytes, .snapshot, .bookmark, .exited: break
            }
        }
    }

    private func pendingApprovals(of session: SessionID?) async throws -> [Approval] {
        var approvals: [Approval] = []
        var cursor: String?
        repeat {
            let params = ListApprovals.Params(
                projectID: project,
                sessionID: session,
                state: .pending,
                limit: 500,
                cursor: cursor
            )
            let page = try await client.call(ListApprovals.self, params)
            approvals += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return approvals
    }

    /// `nil` for one that went with its session meanwhile.
    private func fetched(_ id: ApprovalID) async throws -> Approval? {
        do {
            return try await client.call(GetApproval.self, GetApproval.Params(projectID: project, approvalID: id))
        } catch let refusal as Refusal where refusal.fault.kind == .notFound {
            return nil
        }
    }

    private func print(_ approval: Approval) {
        switch format {
        case .table: console.line(approval.line)
        case .json, .ndjson:
            do {
                console.line(bytes: try JSONCoding.encode(approval))
            } catch {
                console.note("An approval could not be written: \(error)", .red)
            }
        }
    }
}

extension Approval {
    /// On one line: when, which, what became of it, and by whom.
    var line: String {
        let text = questions.map(\.question).joined(separator: " / ")
        var line = "\((answeredAt ?? createdAt).short)  \(id)  \(sessionID)  \(state.rawValue)  \(text)"
        if let answers { line += "  → \(answers.values.sorted().joined(separator: ", "))" }
        if let answeredBy { line += " (\(answeredBy)" + (ruleID.map { ", rule \($0))" } ?? ")") }
        return TerminalText.line(line)
    }
}
