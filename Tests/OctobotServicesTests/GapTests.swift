import JSONText
import OctobotAPI
import OctobotModel
import OctobotServices
import OctobotStore
import OctobotTestSupport
import Testing

@Suite("Gaps in streams of events", .timeLimit(.minutes(1)))
struct GapTests {
    private func append(_ count: Int, to store: Store) async throws {
        try await store.write { transaction in
            for n in 0..<count {
                _ = try transaction.appendEvent(project: .local, type: .agentUpdated, data: ["n": .integer(Int64(n))])
            }
        }
    }

    /// Leaves the newest `count` events.
    private func prune(to count: Int64, _ store: Store) async throws {
        var limits = RetentionLimits()
        limits.eventCount = count
        limits.step = 7
        let kept = limits
        while try await store.write({ try $0.prune(now: .now, limits: kept) }) {}
    }

    @Test("a reader that retention overtakes is told what it misses, then goes on at the oldest event kept")
    func overtaken() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let before = try await life.store.read { try $0.eventHead(project: .local) }
                try await append(500, to: life.store)
                let head = before + 500
                let reader = try await life.services.events.subscribe(
                    SubscribeEvents.Params(from: .cursor("event.local:\(before)")),
                    life.call
                )
                // The first pull takes a page, so what is on it is not missed.
                var last = before
                func readOn() async throws -> LogElement? {
                    let element = try await reader.next()
                    guard case .entry(let entry)? = element else { return element }
                    #expect(entry.cursor == "event.local:\(last + 1)")
                    last += 1
                    return element
                }
                _ = try await readOn()
                try await prune(to: 50, life.store)
                var missed: (from: String, to: String)?
                while missed == nil, let element = try await readOn() {
                    guard case .gap(let reason, let from, let to) = element else { continue }
                    #expect(reason == "retention")
                    missed = (from, to)
                }
                #expect(missed?.from == "event.local:\(last)" && last < head - 50)
                #expect(missed?.to == "event.local:\(head - 50)")
                last = head - 50
                while case .entry? = try await readOn() {}
                #expect(last == head, "and `synced` came after the last")
                let expired = await fault {
                    _ = try await life.services.events.subscribe(
                        SubscribeEvents.Params(from: .cursor("event.local:\(before)")),
                        life.call
                    )
                }
                #expect(expired?.kind == .cursorExpired)
                #expect(expired?.details["oldest"] == .string("event.local:\(head - 50)"))
            }
        }
    }

    @Test("when nothing is kept the gap leads to the head, and new events follow")
    func nothingKept() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                try await append(3, to: life.store)
                let head = try await life.store.read { try $0.eventHead(project: .local) }
                let reader = try await life.services.events.subscribe(
                    SubscribeEvents.Params(from: .start),
                    life.call
                )
                try await prune(to: 0, life.store)
                guard case .gap(_, reader.cursor, "event.local:\(head)")? = try await reader.next() else {
                    Issue.record("no gap")
                    return
                }
                guard case .synced("event.local:\(head)")? = try await reader.next() else {
                    Issue.record("not synced")
                    return
                }
                try await append(1, to: life.store)
                guard case .entry(let entry)? = try await reader.next() else {
                    Issue.record("no event")
                    return
                }
                #expect(entry.cursor == "event.local:\(head + 1)")
            }
        }
    }
}
