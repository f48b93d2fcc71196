import Foundation
import JSONText
import OctobotModel
import OctobotTestSupport

@testable import OctobotStore

/// A store on a fresh file, seeded, with one workspace `w` in project `local`.
func withStore(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Store, String) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let path = folder.appending(path: "octobot.db").path(percentEncoded: false)
        let store = try await Store(path: path)
        try await store.write { try $0.insertWorkspace(.sample("w"), mirrorPath: "/mirrors/w.git") }
        try await body(store, path)
        try store.close()
    }
}

extension Timestamp {
    /// A moment that has passed long ago.
    static let past = Timestamp(milliseconds: 1_700_000_000_000)
}

extension Workspace {
    static func sample(_ id: WorkspaceID, at moment: Timestamp = .past) -> Workspace {
        Workspace(
            id: id,
            projectID: .local,
            path: "/home/u/\(id)",
            displayName: nil,
            sourceType: .local,
            provider: "local",
            status: .initializing,
            createdAt: moment,
            updatedAt: moment
        )
    }
}

extension Session {
    static func sample(
        _ id: SessionID,
        status: SessionStatus = .ready,
        workspace: WorkspaceID = "w",
        at moment: Timestamp = .past
    ) -> Session {
        Session(
            id: id,
            projectID: .local,
            workspaceID: workspace,
            name: "Session \(id)",
            status: status,
            permissionMode: .ask,
            provider: "local",
            createdAt: moment,
            updatedAt: moment
        )
    }
}

extension Turn {
    static func sample(_ id: TurnID, _ session: SessionID = "s", state: TurnState = .queued) -> Turn {
        Turn(
            id: id,
            sessionID: session,
            messageID: "m-\(id)",
            state: state,
            createdAt: .past,
            endedAt: state.isTerminal ? .past : nil
        )
    }
}

extension Approval {
    static func sample(
        _ id: ApprovalID,
        session: SessionID = "s",
        turn: TurnID = "t",
        at moment: Timestamp = .past
    ) -> Approval {
        Approval(
            id: id,
            sessionID: session,
            turnID: turn,
            toolCallID: "call",
            kind: .question,
            state: .pending,
            questions: [
                Question(
                    question: "Which?",
                    header: "Choice",
                    options: [.init(label: "A", description: "first")],
                    multiSelect: false
                )
            ],
            createdAt: moment
        )
    }
}

extension ApprovalRule {
    static func sample(
        _ id: ApprovalRuleID,
        session: SessionID? = nil,
        turn: TurnID? = nil,
        expiresAt: Timestamp? = nil
    ) -> ApprovalRule {
        ApprovalRule(
            id: id,
            scope: turn != nil ? .turn : session != nil ? .session : .project,
            sessionID: session,
            turnID: turn,
            effect: .allow,
            tool: "Bash",
            createdBy: "Ada",
            createdAt: .past,
            expiresAt: expiresAt
        )
    }
}

extension StoreTransaction {
    func addSession(_ session: Session) throws { try insertSession(session, secretNonce: "nonce-\(session.id)") }

    /// Stores a turn whose prompt takes the next position of the log.
    func addTurn(_ turn: Turn) throws {
        let head = try chatHead(session: turn.sessionID)
        try insertTurn(turn, contentHash: "hash-\(turn.id)", promptPosition: head)
        _ = try appendChat(
            session: turn.sessionID,
            kind: "prompt",
            turn: turn.id,
            n: nil,
            data: Array("{\"kind\":\"prompt\"}".utf8),
            payload: nil,
            at: .past
        )
    }

    func appendChunk(_ n: Int, of turn: TurnID, in session: SessionID = "s", text: String = "{}") throws -> Int64? {
        try appendChat(
            session: session,
            kind: "chunk",
            turn: turn,
            n: n,
            data: Array("{\"n\":\(n),\"chunk\":\(text)}".utf8),
            payload: Array(text.utf8),
            at: .past
        )
    }

    func enqueue(
        _ type: JobType = .sessionInit,
        _ resource: String,
        of resourceType: String = "session",
        priority: Int = 10,
        maxAttempts: Int = 3
    ) throws -> EnqueuedJob {
        try enqueueJob(
            type: type,
            project: .local,
            resourceType: resourceType,
            resourceID: resource,
            payload: ["sessionId": .string(resource)],
            priority: priority,
            maxAttempts: maxAttempts
        )
    }

    func event(_ number: Int, at moment: Timestamp = .now) throws -> Event {
        try appendEvent(project: .local, type: .sessionUpdated, data: ["n": .integer(Int64(number))], at: moment)
    }
}

/// Reads every page of a list.
func allPages<Item>(limit: Int, _ page: (PageRequest) async throws -> Listing<Item>) async throws -> [[Item]] {
    var pages: [[Item]] = []
    var cursor: String?
    repeat {
        let listing = try await page(PageRequest(limit: limit, cursor: cursor))
        pages.append(listing.items)
        cursor = listing.nextCursor
    } while cursor != nil
    return pages
}
