import JSONText
import OctobotModel
import Testing

@testable import OctobotStore

@Suite("events and what is forgotten", .timeLimit(.minutes(1)))
struct EventTests {
    @Test("positions count up by one however many write at once")
    func positions() async throws {
        try await withStore { store, _ in
            let seqs = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<200 { group.addTask { try await store.write { try $0.event(number).seq } } }
                return try await group.reduce(into: [Int64]()) { $0.append($1) }
            }
            #expect(seqs.sorted() == (1...200).map { Int64($0) })
            let events = try await store.read { try $0.events(project: .local, after: 0, limit: 500) }
            #expect(events.map(\.seq) == (1...200).map { Int64($0) })
            #expect(Set(events.map(\.id)).count == 200)
            #expect(
                try await store.read { try $0.events(project: .local, after: 150, limit: 10).map(\.seq) }
                    == (151...160).map { Int64($0) }
            )
            #expect(try await store.read { try $0.events(project: "other", after: 0, limit: 10) } == [])
        }
    }

    @Test("an event that is undone with its cause leaves no gap")
    func noGap() async throws {
        struct Refused: Error {}
        try await withStore { store, _ in
            _ = try await store.write { try $0.event(1) }
            await #expect(throws: Refused.self) {
                try await store.write { transaction in
                    _ = try transaction.event(2)
                    throw Refused()
                }
            }
            #expect(try await store.write { try $0.event(3).seq } == 2)
        }
    }

    @Test("an event is found by id in its project and by time")
    func lookUp() async throws {
        try await withStore { store, _ in
            let events = try await store.write { transaction in
                try (1...3).map { try transaction.event($0, at: Timestamp(milliseconds: Int64($0) * 100)) }
            }
            try await store.read { reader throws in
                #expect(try reader.eventSeq(ofID: events[1].id, project: .local) == 2)
                #expect(try reader.eventSeq(ofID: events[1].id, project: "other") == nil)
                #expect(try reader.firstEvent(since: Timestamp(milliseconds: 100), project: .local) == 2)
                #expect(try reader.firstEvent(since: Timestamp(milliseconds: 300), project: .local) == nil)
                #expect(try reader.events(project: .local, after: 2, limit: 5) == [events[2]])
            }
        }
    }

    @Test("pruned positions are never given again, not even after a restart")
    func neverReused() async throws {
        try await withStore { store, path in
            for number in 1...10 { _ = try await store.write { try $0.event(number, at: .past) } }
            #expect(try await store.write { try $0.prune(now: .now) } == false)
            try await store.read { reader throws in
                #expect(try reader.events(project: .local, after: 0, limit: 10) == [])
                #expect(try reader.eventHead(project: .local) == 10)
                #expect(try reader.eventTail(project: .local) == 10)
            }
            try store.close()
            let again = try await Store(path: path)
            #expect(try await again.write { try $0.event(11).seq } == 11)
            #expect(try await again.read { try $0.eventTail(project: .local) } == 10)
            try again.close()
        }
    }

    @Test("events go by age and by number, a step at a time")
    func steps() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                for number in 1...50 { _ = try transaction.event(number, at: number <= 20 ? .past : .now) }
            }
            var limits = RetentionLimits()
            limits.step = 8
            let small = limits
            var rounds = 1
            while try await store.write({ try $0.prune(now: .now, limits: small) }) { rounds += 1 }
            #expect(rounds == 3)
            #expect(try await store.read { try $0.events(project: .local, after: 0, limit: 500).first?.seq } == 21)
            #expect(try await store.read { try $0.eventTail(project: .local) } == 20)
            limits.eventCount = 5
            limits.step = 1000
            let few = limits
            #expect(try await store.write { try $0.prune(now: .now, limits: few) } == false)
            #expect(
                try await store.read { try $0.events(project: .local, after: 0, limit: 500).map(\.seq) } == [
                    46, 47, 48, 49, 50,
                ]
            )
        }
    }

    @Test("ended jobs go after a week, others stay")
    func jobs() async throws {
        try await withStore { store, _ in
            let ids = try await store.write { transaction in
                let ids = try ["a", "b", "c"].map { try transaction.enqueue(.sessionInit, $0).job.id }
                _ = try transaction.cancelJob(ids[0])
                _ = try transaction.cancelJob(ids[1])
                return ids
            }
            let later = Timestamp.now.advanced(by: .seconds(8 * 24 * 3600))
            _ = try await store.write { try $0.prune(now: Timestamp.now.advanced(by: .seconds(6 * 24 * 3600))) }
            #expect(try await store.read { try $0.job(ids[0], in: .local) } != nil)
            var limits = RetentionLimits()
            limits.step = 1
            let small = limits
            while try await store.write({ try $0.prune(now: later, limits: small) }) {}
            #expect(
                try await store.read { try $0.jobs(in: .local, status: nil, page: PageRequest()).items.map(\.id) } == [
                    ids[2]
                ]
            )
        }
    }

    @Test("an idempotency key is remembered for a day")
    func idempotency() async throws {
        try await withStore { store, _ in
            let start = Timestamp.now
            try await store.write {
                try $0.rememberIdempotent(scope: "u/m", key: "k", hash: "h", result: Array("{\"a\":1}".utf8), at: start)
            }
            try await store.read { reader throws in
                #expect(
                    try reader.idempotent(scope: "u/m", key: "k")
                        == RememberedResult(hash: "h", result: Array("{\"a\":1}".utf8))
                )
                #expect(try reader.idempotent(scope: "u/other", key: "k") == nil)
                #expect(try reader.idempotent(scope: "u/m", key: "l") == nil)
                #expect(
                    try reader.idempotent(scope: "u/m", key: "k", at: start.advanced(by: .seconds(24 * 3600 - 1)))
                        != nil
                )
                #expect(
                    try reader.idempotent(scope: "u/m", key: "k", at: start.advanced(by: .seconds(24 * 3600))) == nil
                )
            }
            try await store.write {
                try $0.rememberIdempotent(scope: "u/m", key: "k", hash: "i", result: Array("{}".utf8), at: start)
            }
            #expect(try await store.read { try $0.idempotent(scope: "u/m", key: "k")?.hash } == "i")
            _ = try await store.write { try $0.prune(now: start.advanced(by: .seconds(25 * 3600))) }
            #expect(try await store.read { try $0.idempotent(scope: "u/m", key: "k") } == nil)
        }
    }

    @Test("settings are kept by user and key")
    func preferences() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                #expect(try transaction.setPreference("b", to: "1", of: .anonymous, at: .past).value == "1")
                _ = try transaction.setPreference("a", to: "2\u{0}3", of: .anonymous, at: .past)
                _ = try transaction.setPreference("b", to: "3", of: .anonymous, at: Timestamp(milliseconds: 7))
            }
            let all = try await store.read { try $0.preferences(of: .anonymous) }
            #expect(all.map(\.key) == ["a", "b"] && all.map(\.value) == ["2\u{0}3", "3"])
            #expect(all.last?.updatedAt == Timestamp(milliseconds: 7))
            #expect(try await store.write { try $0.deletePreference("a", of: .anonymous) })
            #expect(try await store.write { try $0.deletePreference("a", of: .anonymous) } == false)
            #expect(try await store.read { try $0.preferences(of: "nobody") } == [])
        }
    }
}
