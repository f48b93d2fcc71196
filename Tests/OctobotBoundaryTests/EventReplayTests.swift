import JSONText
import OctobotModel
import OctobotTestSupport
import SQLDatabase
import Testing

@testable import OctobotServices
@testable import OctobotStore

/// Readers of events who come back, or come late.
@Suite("Event replay", .timeLimit(.minutes(2)))
struct EventReplayTests {
    /// How many events there are before anybody reads.
    ///
    /// The fifth and sixth are of one moment.
    private static let count = 12
    /// When the event before the first would have been, in seconds; each is a second later than the one before.
    private static let epoch: Int64 = 1_700_000_000

    private static func run(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
        try await World.run { world in
            for name in ["p", "q"] {
                try await world.store.write { transaction in
                    try transaction.insertProject(
                        Project(id: ProjectID(name), name: name, slug: name, createdAt: .now, updatedAt: .now),
                        owner: .anonymous
                    )
                }
            }
            for number in 1...count {
                for name in ["p", "q"] { try await tell(name, number, in: world) }
            }
            try await world.store.write { transaction in
                _ = try transaction.connection.execute(
                    "UPDATE event SET created_at = ($1 + CASE seq WHEN 6 THEN 5 ELSE seq END) * 1000",
                    epoch
                )
            }
            try await body(world)
        }
    }

    /// Commits one event, as any change of the project would.
    private static func tell(_ project: String, _ number: Int, in world: World) async throws {
        try await world.services.sandboxes.ledger.write { transaction, wakes in
            try transaction.publish(
                workspace: WorkspaceID("\(project)/\(number)"),
                in: ProjectID(project),
                status: "ready",
                &wakes
            )
        }
    }

    private static func ids(of project: String, in world: World) async throws -> [String] {
        try await world.store.read { try $0.events(project: ProjectID(project), after: 0, limit: 100) }
            .map(\.id.rawValue)
    }

    /// Reads the given number of frames after `connected`; `whenConnected` runs once that is there.
    private static func frames(
        _ wanted: Int,
        _ query: String,
        lastEventID: String? = nil,
        in world: World,
        whenConnected: () async throws -> Void
    ) async throws -> [ServerEvent] {
        let socket = try LineSocket(port: UInt16(world.gatewayPort))
        defer { socket.disconnect() }
        let field = lastEventID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        let host = "Host: localhost:\(world.gatewayPort)\r\n"
        try socket.write("GET /api/projects/p/events\(query) HTTP/1.1\r\n\(host)\(field)\r\n")
        var frames: [ServerEvent] = []
        var reader = ServerEvent.Reader()
        for await line in socket.lines {
            guard let frame = reader.take(line) else { continue }
            frames.append(frame)
            if frames.count == 1 {
                #expect(frame.event == "connected")
                try await whenConnected()
            }
            if frames.count > wanted { break }
        }
        return Array(frames.dropFirst())
    }

    /// The frames of the events after a position up to the one told live.
    private static func expected(after position: Int) -> [ServerEvent] {
        (position + 1...count + 1).map { number in
            ServerEvent(id: "event.p:\(number)", event: "workspace_updated", workspace: "p/\(number)")
        }
    }

    // MARK: Over HTTP

    private struct Way: CustomTestStringConvertible {
        var testDescription: String
        var position: Int
        var query: (_ ids: [String]) -> String
        var lastEventID: (_ ids: [String]) -> String?

        init(
            _ name: String,
            _ position: Int,
            query: @escaping (_ ids: [String]) -> String = { _ in "" },
            lastEventID: @escaping (_ ids: [String]) -> String? = { _ in nil }
        ) {
            testDescription = "\(name) at \(position)"
            self.position = position
            self.query = query
            self.lastEventID = lastEventID
        }
    }

    private static func ways(at position: Int) -> [Way] {
        let moment = epoch + Int64(position)
        var ways = [
            Way("Last-Event-ID", position, lastEventID: { _ in "event.p:\(position)" }),
            Way("after", position, query: { _ in "?after=event.p:\(position)" }),
            Way("after, percent-encoded", position, query: { _ in "?after=event.p%3A\(position)" }),
            Way("since, seconds", position, query: { _ in "?since=\(moment)" }),
            Way("since, a time", position, query: { _ in "?since=\(Timestamp(milliseconds: moment * 1000))" }),
            Way("after before since", position, query: { _ in "?since=0&after=event.p:\(position)" }),
            Way(
                "Last-Event-ID before after",
                position,
                query: { _ in "?after=event.p:1&since=nonsense" },
                lastEventID: { _ in "event.p:\(position)" }
            ),
        ]
        guard position > 0 else { return ways }
        ways += [
            Way("an event's id as Last-Event-ID", position, lastEventID: { $0[position - 1] }),
            Way("after an event's id", position, query: { "?after=\($0[position - 1])" }),
        ]
        return ways
    }

    @Test(
        "HTTP: from each border and the middle on, in each way to say it, in order and without a gap into what is live"
    )
    func borders() async throws {
        // 5 is left to the next test: two events share its moment.
        for position in [0, 1, 7, Self.count - 1, Self.count] {
            try await Self.run { world in
                let ids = try await Self.ids(of: "p", in: world)
                for way in Self.ways(at: position) {
                    let wanted = Self.expected(after: position)
                    let isFirst = try await world.store.read { try $0.eventHead(project: "p") } == Int64(Self.count)
                    let frames = try await Self.frames(
                        wanted.count,
                        way.query(ids),
                        lastEventID: way.lastEventID(ids),
                        in: world
                    ) {
                        // The others find it in the log.
                        guard isFirst else { return }
                        try await Self.tell("q", Self.count + 1, in: world)
                        try await Self.tell("p", Self.count + 1, in: world)
                    }
                    #expect(frames == wanted, "\(way.testDescription)")
                }
            }
        }
    }

    @Test("since leaves out what is of that very moment, all of it, and takes what is a millisecond later")
    func moments() async throws {
        try await Self.run { world in
            try await Self.tell("p", Self.count + 1, in: world)
            let moment = Timestamp(milliseconds: (Self.epoch + 5) * 1000)
            let before = Timestamp(milliseconds: (Self.epoch + 5) * 1000 - 1)
            for (since, position) in [("\(moment)", 6), ("\(before)", 4), ("\(Self.epoch + 5)", 6), ("0", 0)] {
                let wanted = Self.expected(after: position)
                let frames = try await Self.frames(wanted.count, "?since=\(since)", in: world) {}
                #expect(frames == wanted, "\(since)")
            }
        }
    }

    @Test("HTTP: a cursor that is none, foreign or from the future is told once, then the stream is live")
    func refusedOverHTTP() async throws {
        try await Self.run { world in
            let foreign = try #require(try await Self.ids(of: "q", in: world).first)
            let cases = [
                ("event.p:1000", "CursorInvalid"), ("event.p:9223372036854775808", "CursorInvalid"),
                ("event.p:-1", "CursorInvalid"), ("event.p:", "CursorInvalid"), ("event.p", "CursorInvalid"),
                ("event.q:3", "CursorInvalid"), ("chat.s1:3", "CursorInvalid"), (foreign, "CursorInvalid"),
                ("nonsense", "CursorInvalid"),
            ]
            var queries = cases.map { ("?after=\($0.0)", String?.none, $0.1) }
            queries += cases.map { ("", $0.0, $0.1) }
            queries += ["yesterday", "1e3", "-1", "2026-13-01T00:00:00Z", "99999999999999999999"]
                .map { ("?since=\($0)", nil, "InvalidParams") }
            var number = Self.count
            for (query, last, code) in queries {
                number += 1
                let next = number
                let frames = try await Self.frames(2, query, lastEventID: last, in: world) {
                    try await Self.tell("p", next, in: world)
                }
                #expect(frames.first?.event == "error" && frames.first?.code == code, "\(query) \(last ?? "")")
                #expect(frames.last?.workspace == "p/\(number)", "\(query) \(last ?? "")")
            }
        }
    }

    @Test("what retention has taken is said, over HTTP and on the socket")
    func expired() async throws {
        try await Self.run { world in
            try await world.store.write { transaction in
                _ = try transaction.connection.execute("DELETE FROM event WHERE project_id = 'p' AND seq <= 4")
                _ = try transaction.connection.execute("UPDATE event_log SET tail = 4 WHERE project_id = 'p'")
            }
            let frames = try await Self.frames(2, "?after=event.p:3", in: world) {
                try await Self.tell("p", Self.count + 1, in: world)
            }
            #expect(frames.first?.code == "CursorExpired")
            #expect(frames.last?.workspace == "p/\(Self.count + 1)")
            let kept = Self.expected(after: 4)
            #expect(try await Self.frames(kept.count, "?after=event.p:4", in: world) {} == kept)
            #expect(try await Self.frames(kept.count, "?since=0", in: world) {} == kept)
            #expect(try await Self.refusal(from: Self.cursor("event.p:3"), in: world)?.type == "CursorExpired")
            #expect(try await Self.events(from: ["type": "start"], kept.count, in: world) {} == kept)
        }
    }

    // MARK: On the socket

    private static func cursor(_ text: String) -> JSONValue { ["type": "cursor", "cursor": .string(text)] }

    private static func events(
        from start: JSONValue,
        _ wanted: Int,
        in world: World,
        whenSubscribed: () async throws -> Void
    ) async throws -> [ServerEvent] {
        let peer = try RPCPeer(path: world.socketPath)
        defer { peer.disconnect() }
        let (_, stream) = try await peer.subscribe("event.subscribe", ["projectId": "p", "from": start])
        try await whenSubscribed()
        var events: [ServerEvent] = []
        for await params in stream {
            guard let data = params["data"], let type = data["type"]?.stringValue else { continue }
            events.append(
                ServerEvent(
                    id: params["cursor"]?.stringValue ?? "",
                    event: type,
                    workspace: data["data"]?["workspaceId"]?.stringValue
                )
            )
            if events.count == wanted { break }
        }
        return events
    }

    private static func refusal(from start: JSONValue, in world: World) async throws -> (code: Int, type: String)? {
        let peer = try RPCPeer(path: world.socketPath)
        defer { peer.disconnect() }
        do {
            _ = try await peer.call("event.subscribe", ["projectId": "p", "from": start])
            return nil
        } catch let refused as RPCPeer.Refused {
            return (refused.code, refused.error["data"]?["type"]?.stringValue ?? "")
        }
    }

    @Test(
        "socket: from the start, now, and each border and the middle on, in order and without a gap into what is live"
    )
    func socketBorders() async throws {
        try await Self.run { world in
            var starts: [(JSONValue, Int)] = [(["type": "now"], Self.count), (["type": "start"], 0)]
            for position in [0, 1, 5, Self.count - 1, Self.count] {
                starts.append((Self.cursor("event.p:\(position)"), position))
            }
            for (start, position) in starts {
                let wanted = Self.expected(after: position)
                let isFirst = try await world.store.read { try $0.eventHead(project: "p") } == Int64(Self.count)
                let events = try await Self.events(from: start, wanted.count, in: world) {
                    guard isFirst else { return }
                    try await Self.tell("q", Self.count + 1, in: world)
                    try await Self.tell("p", Self.count + 1, in: world)
                }
                #expect(events == wanted, "\(start)")
            }
        }
    }

    @Test(
        "socket: a cursor that is none, foreign or from the future is refused as declared",
        arguments: [
            ("event.p:13", 1402, "CursorInvalid"), ("event.p:-1", 1402, "CursorInvalid"),
            ("event.q:3", 1402, "CursorInvalid"), ("chat.s1:3", 1402, "CursorInvalid"),
            ("event.p:9223372036854775808", 1402, "CursorInvalid"), ("nonsense", 1402, "CursorInvalid"),
            ("", -32602, "InvalidParams"),
        ]
    )
    func refusedOnSocket(cursor: String, code: Int, type: String) async throws {
        try await Self.run { world in
            let refusal = try #require(try await Self.refusal(from: Self.cursor(cursor), in: world))
            #expect(refusal == (code, type))
        }
    }

    // MARK: While it happens

    @Test("whoever comes while events are told misses none between history and what is live")
    func meanwhile() async throws {
        try await Self.run { world in
            let last = 200
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in Self.count + 1...last {
                        for name in ["q", "p"] { try await Self.tell(name, number, in: world) }
                    }
                }
                for position in 0..<8 {
                    let query = position.isMultiple(of: 2) ? "?after=event.p:\(position)" : "?since=\(Self.epoch)"
                    let from = position.isMultiple(of: 2) ? position : 0
                    group.addTask {
                        let frames = try await Self.frames(last - from, query, in: world) {}
                        #expect(frames.map(\.id) == (from + 1...last).map { "event.p:\($0)" })
                        #expect(frames.map(\.workspace) == (from + 1...last).map { "p/\($0)" })
                    }
                    group.addTask {
                        let events = try await Self.events(
                            from: Self.cursor("event.p:\(position)"),
                            last - position,
                            in: world
                        ) {}
                        #expect(events.map(\.id) == (position + 1...last).map { "event.p:\($0)" })
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
