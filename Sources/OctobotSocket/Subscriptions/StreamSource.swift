import OctobotAPI
import OctobotServices

/// What a subscription reads and says: pulled one element at a time, so that nothing is buffered for a client.
struct StreamSource: Sendable {
    enum Element: Sendable {
        /// To be said; `cursor` is where to go on after it.
        case say(StreamMessage, cursor: String)
        /// Nothing can follow.
        case end(reason: String, resume: String, program: ProgramEnd? = nil)
    }

    /// The position before the first element.
    let cursor: String
    /// The next element, or `nil` once there can be no more; throws `Fault` when it cannot be read.
    let next: @Sendable () async throws -> Element?
}

extension StreamSource {
    init(_ reader: LogReader) {
        self.init(cursor: reader.cursor) { try await reader.next().map(Element.init) }
    }
}

extension StreamSource.Element {
    fileprivate init(_ element: LogElement) {
        switch element {
        case .entry(let entry): self = .say(.event(entry), cursor: entry.cursor)
        case .bytes(let piece): self = .say(.bytes(piece), cursor: piece.cursor)
        case .snapshot(let part): self = .say(.snapshot(items: part.items, more: part.more), cursor: part.cursor)
        case .gap(let reason, let from, let to): self = .say(.gap(reason: reason, from: from, to: to), cursor: to)
        case .synced(let cursor): self = .say(.synced, cursor: cursor)
        case .end(let reason, let resume): self = .end(reason: reason, resume: resume)
        case .exited(let program, let resume): self = .end(reason: "exited", resume: resume, program: program)
        }
    }
}
