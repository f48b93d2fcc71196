import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The events of projects as streams: one durable log, read by position.
package struct EventService: Sendable {
    private let ledger: Ledger
    private let pages = EventPages()

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `event.subscribe`.
    package func subscribe(_ params: SubscribeEvents.Params, _ call: Call) async throws(Fault) -> LogReader {
        let project = params.projectID ?? .local
        let listener = ledger.bells.listen(to: .events(project))
        let (head, tail) = try await bounds(of: project)
        let position: Int64
        switch params.from ?? .now {
        case .now: position = head
        case .start: position = tail
        case .cursor(let text):
            position = try Cursor(events: project, position: head).position(in: text, head: head)
            try check(position, isAfter: tail, project, head)
        case .snapshot:
            throw .invalidParams(
                "Events have no snapshot.",
                pointer: "/from/type",
                rule: "enum",
                expected: "now, start or cursor",
                got: "snapshot"
            )
        }
        return reader(of: project, from: position, head: head, listener)
    }

    /// A reader after the event with this id or cursor, for `Last-Event-ID` and `after=` (decision 43).
    package func reader(of project: ProjectID, after text: String) async throws(Fault) -> LogReader {
        let listener = ledger.bells.listen(to: .events(project))
        let (head, tail) = try await bounds(of: project)
        let id = EventID(text)
        if let seq = try await ledger.read({ try $0.eventSeq(ofID: id, project: project) }) {
            return reader(of: project, from: seq, head: head, listener)
        }
        let position = try Cursor(events: project, position: head).position(in: text, head: head)
        try check(position, isAfter: tail, project, head)
        return reader(of: project, from: position, head: head, listener)
    }

    /// A reader of what happened after `moment`.
    package func reader(of project: ProjectID, since moment: Timestamp) async throws(Fault) -> LogReader {
        let listener = ledger.bells.listen(to: .events(project))
        let (head, _) = try await bounds(of: project)
        let first = try await ledger.read { try $0.firstEvent(since: moment, project: project) }
        return reader(of: project, from: first.map { $0 - 1 } ?? head, head: head, listener)
    }

    /// A reader of what happens from now on.
    package func reader(ofLive project: ProjectID) async throws(Fault) -> LogReader {
        let listener = ledger.bells.listen(to: .events(project))
        let (head, _) = try await bounds(of: project)
        return reader(of: project, from: head, head: head, listener)
    }

    private func bounds(of project: ProjectID) async throws(Fault) -> (head: Int64, tail: Int64) {
        try await ledger.read { (try $0.eventHead(project: project), try $0.eventTail(project: project)) }
    }

    private func check(
        _ position: Int64,
        isAfter tail: Int64,
        _ project: ProjectID,
        _ head: Int64
    ) throws(Fault) {
        guard position < tail else { return }
        throw Fault(
            .cursorExpired,
            "The events after this cursor are no longer kept.",
            details: [
                "oldest": .string(Cursor(events: project, position: tail).description),
                "head": .string(Cursor(events: project, position: head).description),
            ],
            hint: "Fetch the present state, then subscribe from \"now\"."
        )
    }

    private func reader(
        of project: ProjectID,
        from position: Int64,
        head: Int64,
        _ listener: Bells.Listener
    ) -> LogReader {
        let reader = PageReader(
            from: position,
            head: head,
            listener: listener,
            cursor: { Cursor(events: project, position: $0).description },
            read: { position throws(Fault) in try await page(of: project, after: position) }
        )
        return LogReader(
            cursor: Cursor(events: project, position: position).description,
            head: Cursor(events: project, position: head).description,
            pull: { try await reader.next() }
        )
    }

    /// The page after a position, read and encoded once for all who want it before the store changes again.
    private func page(of project: ProjectID, after position: Int64) async throws(Fault) -> PageReader.Page {
        // Taken before the read: a write that comes between makes void what was read.
        let generation = ledger.store.generation
        if let known = pages.page(of: project, after: position, generation) { return known }
        let (events, tail) = try await ledger.read { reader in
            (
                try reader.eventTexts(project: project, after: position, limit: 200),
                try reader.eventTail(project: project)
            )
        }
        guard tail <= position else { return PageReader.Page(entries: [], position: position, prunedUpTo: tail) }
        let entries = events.map { event in
            LogEntry(
                cursor: Cursor(events: project, position: event.seq).description,
                at: event.timestamp,
                type: event.type.rawValue,
                data: event.bytes
            )
        }
        let page = PageReader.Page(entries: entries, position: events.last?.seq ?? position, end: nil)
        pages.keep(page, of: project, after: position, generation)
        return page
    }
}
