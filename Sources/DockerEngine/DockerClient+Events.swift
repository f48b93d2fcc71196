import NIOHTTP1

/// Something that happened in the engine.
package struct DockerEvent: Sendable, Equatable {
    /// `container`, `network` and the like.
    package var kind: String
    /// `start`, `die`, `oom` and the like.
    package var action: String
    /// The id of what it happened to.
    package var subject: String
    /// Labels and more of what it happened to; for `die` with `exitCode`.
    package var attributes: [String: String]
    /// Nanoseconds since 1970.
    package var time: Int64
}

extension DockerEvent: Decodable {
    private enum Keys: String, CodingKey {
        case kind = "Type"
        case Action, Actor, timeNano
    }

    private struct Subject: Decodable {
        var ID: String
        var Attributes: [String: String]?
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        kind = try values.decode(String.self, forKey: .kind)
        action = try values.decode(String.self, forKey: .Action)
        let subject = try values.decode(Subject.self, forKey: .Actor)
        self.subject = subject.ID
        attributes = subject.Attributes ?? [:]
        time = try values.decode(Int64.self, forKey: .timeNano)
    }
}

/// Events as they happen, for one reader; ends or throws when the engine goes away.
package struct DockerEvents: AsyncSequence, Sendable {
    package typealias Element = DockerEvent
    package typealias Failure = DockerError

    let lines: EngineLines

    package func makeAsyncIterator() -> Iterator { Iterator(lines: lines.makeAsyncIterator()) }

    package struct Iterator: AsyncIteratorProtocol {
        var lines: EngineLines.Iterator

        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(DockerError) -> DockerEvent? {
            guard let line = try await lines.next(isolation: actor) else { return nil }
            return try EngineAnswer.decode(DockerEvent.self, from: line)
        }
    }
}

extension DockerClient {
    /// What happens from now on, or has happened since an event's time.
    ///
    /// An engine remembers 256 events and none across its own restart: after a break look at the list as well.
    ///
    /// - Parameters:
    ///   - since: Nanoseconds since 1970; the event of that very time comes again.
    ///   - filters: As in `docker events`: `type`, `label`, `event`, `container`.
    package func events(
        since: Int64? = nil,
        filters: [String: [String]] = [:]
    ) async throws(DockerError) -> DockerEvents {
        var call = EngineCall(.GET, "/events")
        if let since {
            let fraction = String(since % 1_000_000_000)
            let zeros = String(repeating: "0", count: max(0, 9 - fraction.count))
            call.query.append(("since", "\(since / 1_000_000_000).\(zeros)\(fraction)"))
        }
        try call.setFilters(filters)
        return DockerEvents(lines: EngineLines(bytes: try await open(call)))
    }
}
