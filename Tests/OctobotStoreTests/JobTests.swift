import JSONText
import OctobotModel
import Testing

@testable import OctobotStore

@Suite("jobs", .timeLimit(.minutes(1)))
struct JobTests {
    private static let all = JobType.allCases

    private static func claim(
        _ store: Store,
        _ types: [JobType] = all,
        at moment: Timestamp = .now
    ) async throws -> Job? {
        try await store.write { try $0.claimJob(types: types, instance: "i1", now: moment) }
    }

    @Test("of many who ask at once for the same work one job stands for all")
    func oneJob() async throws {
        try await withStore { store, _ in
            let asked = try await withThrowingTaskGroup(of: EnqueuedJob.self) { group in
                for _ in 0..<20 { group.addTask { try await store.write { try $0.enqueue(.sessionInit, "s") } } }
                return try await group.reduce(into: [EnqueuedJob]()) { $0.append($1) }
            }
            #expect(Set(asked.map(\.job.id)).count == 1)
            #expect(asked.filter(\.created).count == 1)
            // Another type for the same resource is another job; a running one still stands.
            #expect(try await store.write { try $0.enqueue(.sessionDelete, "s").created })
            _ = try await Self.claim(store)
            #expect(try await store.write { try $0.enqueue(.sessionInit, "s").created } == false)
        }
    }

    @Test("claims at once never take a job twice nor two jobs of one resource")
    func claims() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                for number in 0..<10 {
                    _ = try transaction.enqueue(.sessionInit, "s\(number)")
                    _ = try transaction.enqueue(.sessionDelete, "s\(number)")
                }
            }
            let claimed = try await withThrowingTaskGroup(of: Job?.self) { group in
                for _ in 0..<40 { group.addTask { try await Self.claim(store) } }
                return try await group.reduce(into: [Job]()) { if let job = $1 { $0.append(job) } }
            }
            #expect(claimed.count == 10)
            #expect(Set(claimed.map(\.resourceID)).count == 10)
            for job in claimed {
                #expect(job.status == .running && job.attempts == 1 && job.startedAt != nil)
                #expect(try await store.write { try $0.completeJob(job.id)?.status } == .completed)
                #expect(try await store.write { try $0.completeJob(job.id) } == nil)
            }
            #expect(try await Self.claim(store) != nil)
        }
    }

    @Test("higher priority goes first, then the earlier; a busy resource starves nobody behind it")
    func order() async throws {
        try await withStore { store, _ in
            try await store.write { transaction in
                for number in 0..<15 {
                    _ = try transaction.enqueue(
                        number == 0 ? .workspaceInit : .sessionCommit,
                        "w\(number / 15)",
                        of: "workspace"
                    )
                }
                _ = try transaction.enqueue(.sessionDelete, "low", priority: 5)
                _ = try transaction.enqueue(.sessionInit, "high", priority: 20)
            }
            #expect(try await Self.claim(store)?.resourceID == "high")
            #expect(try await Self.claim(store)?.resourceID == "w0")
            #expect(try await Self.claim(store)?.resourceID == "low")
            #expect(try await Self.claim(store) == nil)
            #expect(try await store.read { try $0.hasActiveJobs() })
        }
    }

    @Test("only the types asked for are claimed")
    func types() async throws {
        try await withStore { store, _ in
            _ = try await store.write { try $0.enqueue(.sessionInit, "s") }
            #expect(try await Self.claim(store, [.workspaceInit, .sessionDelete]) == nil)
            #expect(try await Self.claim(store, []) == nil)
            #expect(try await Self.claim(store, [.sessionInit])?.type == .sessionInit)
        }
    }

    @Test("a failed attempt waits until its time, the last one ends the job")
    func retries() async throws {
        try await withStore { store, _ in
            let id = try await store.write { try $0.enqueue(.sessionInit, "s").job.id }
            _ = try await Self.claim(store)
            let later = Timestamp.now.advanced(by: .seconds(60))
            let waiting = try await store.write { try $0.failJob(id, error: "no", reason: "r", retryAt: later) }
            #expect(waiting?.status == .pending && waiting?.error == "no" && waiting?.startedAt == nil)
            #expect(try await Self.claim(store) == nil)
            #expect(try await store.read { try $0.nextScheduledJob(after: .now) } == later)
            #expect(try await store.read { try $0.nextScheduledJob(after: later) } == nil)
            #expect(try await Self.claim(store, at: later)?.attempts == 2)
            let failed = try await store.write { try $0.failJob(id, error: "never", reason: nil, retryAt: nil) }
            #expect(failed?.status == .failed && failed?.completedAt != nil && failed?.reason == nil)
            #expect(try await store.write { try $0.failJob(id, error: "x", reason: nil, retryAt: nil) } == nil)
            // The resource is free for new work.
            #expect(try await store.write { try $0.enqueue(.sessionInit, "s").created })
        }
    }

    @Test("only a pending job can be cancelled")
    func cancelling() async throws {
        try await withStore { store, _ in
            let id = try await store.write { try $0.enqueue(.sessionInit, "s").job.id }
            #expect(try await store.write { try $0.cancelJob(id) })
            #expect(try await store.write { try $0.cancelJob(id) } == false)
            _ = try await store.write { try $0.enqueue(.sessionInit, "s") }
            let running = try #require(try await Self.claim(store))
            #expect(try await store.write { try $0.cancelJob(running.id) } == false)
            #expect(try await store.read { try $0.job(running.id, in: .local)?.status } == .running)
        }
    }

    @Test("a job given back at shutdown costs nothing")
    func released() async throws {
        try await withStore { store, _ in
            let id = try await store.write { try $0.enqueue(.sessionInit, "s").job.id }
            for _ in 0..<5 {
                #expect(try await Self.claim(store)?.attempts == 1)
                try await store.write { try $0.releaseJob(id, instance: "somebody else") }
                #expect(try await store.read { try $0.job(id, in: nil)?.status } == .running)
                try await store.write { try $0.releaseJob(id, instance: "i1") }
            }
            #expect(try await store.write { try $0.releaseClaims(otherThan: "i2") } == [])
            #expect(try await store.read { try $0.job(id, in: nil)?.attempts } == 0)
        }
    }

    @Test("claims of earlier runs are void, and the third without an outcome is the last")
    func poison() async throws {
        try await withStore { store, _ in
            let id = try await store.write { try $0.enqueue(.sessionInit, "s").job.id }
            for life in 1...3 {
                let instance = "life \(life)"
                #expect(try await store.write { try $0.releaseClaims(otherThan: instance) } == [])
                #expect(
                    try await store.write { try $0.claimJob(types: Self.all, instance: instance, now: .now)?.id } == id
                )
                // The running instance's own claims stay.
                #expect(try await store.write { try $0.releaseClaims(otherThan: instance) } == [])
                #expect(try await store.read { try $0.job(id, in: nil)?.status } == .running)
            }
            let poisoned = try await store.write { try $0.releaseClaims(otherThan: "life 4") }
            #expect(poisoned.map(\.id) == [id])
            #expect(poisoned.first?.status == .failed && poisoned.first?.reason == "poison")
            #expect(try await store.write { try $0.releaseClaims(otherThan: "life 5") } == [])
        }
    }

    @Test("an outcome between crashes starts the count anew")
    func outcomeResetsClaims() async throws {
        try await withStore { store, _ in
            let id = try await store.write { try $0.enqueue(.sessionInit, "s", maxAttempts: 9).job.id }
            for life in 1...4 {
                let instance = "life \(life)"
                _ = try await store.write { try $0.claimJob(types: Self.all, instance: instance, now: .now) }
                if life == 2 {
                    _ = try await store.write { try $0.failJob(id, error: "x", reason: nil, retryAt: .past) }
                }
                #expect(try await store.write { try $0.releaseClaims(otherThan: "life \(life + 1)") } == [])
            }
        }
    }

    @Test("a job is found in its project, with what it was given; lists are newest first")
    func reading() async throws {
        try await withStore { store, _ in
            let ids = try await store.write { transaction in
                try ["a", "b", "c"].map { try transaction.enqueue(.sessionInit, $0).job.id }
            }
            try await store.read { reader throws in
                #expect(try reader.job(ids[0], in: "other") == nil)
                #expect(try reader.jobPayload(ids[0]) == ["sessionId": "a"])
                #expect(try reader.jobPayload("gone") == nil)
                #expect(
                    Set(try reader.jobs(in: .local, status: .pending, page: PageRequest()).items.map(\.id)) == Set(ids)
                )
                #expect(try reader.jobs(in: .local, status: .failed, page: PageRequest()).items == [])
                #expect(try reader.jobs(in: "other", status: nil, page: PageRequest()).items == [])
                let all = try reader.jobs(in: .local, status: nil, page: PageRequest()).items
                #expect(all.map(\.createdAt) == all.map(\.createdAt).sorted(by: >))
            }
        }
    }
}
