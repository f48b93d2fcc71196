import Foundation
import OctobotModel
import Testing

@testable import OctobotServices
@testable import OctobotStore

/// Very many readers of very many events.
@Suite("Event fan-out", .timeLimit(.minutes(4)))
struct EventFanOutTests {
    private static let projects = 200
    private static let subscribersEach = 5
    private static let eventsEach = 500
    /// Of one project in a row.
    private static let eventsInRow = 10
    private static let eventsInTransaction = 200

    @Test("a thousand subscribers who come and go get exactly their project’s events, in order")
    func thousand() async throws {
        try Self.allowDescriptors()
        let seed = UInt64.random(in: 0...UInt64.max)
        print("event fan-out: seed \(seed)")
        try await World.run { world in
            let logs = (0..<Self.projects).map { Crowd.Log(project: "fan\($0)", count: Self.eventsEach) }
            for log in logs { try await Self.found(log.project, in: world) }
            let start = ContinuousClock.now
            async let returns = Self.crowd(logs, world, seed)
            try await Self.tell(logs, in: world)
            let told = ContinuousClock.now - start
            let back = try await returns
            for log in logs {
                let (head, events) = try await world.store.read { reader in
                    (
                        try reader.eventHead(project: ProjectID(log.project)),
                        try reader.events(project: ProjectID(log.project), after: 0, limit: 2 * log.count)
                    )
                }
                #expect(head == Int64(log.count))
                #expect(events.map(\.seq) == Array(1...Int64(log.count)))
            }
            print(
                """
                event fan-out: \(Self.projects * Self.eventsEach) events told in \(told), \
                \(Self.projects * Self.eventsEach * Self.subscribersEach) delivered in \(ContinuousClock.now - start), \
                \(back) returns
                """
            )
            #expect(back > Self.projects * Self.subscribersEach)
        }
    }

    /// Reads on a thread of its own, as other programs would.
    private static func crowd(_ logs: [Crowd.Log], _ world: World, _ seed: UInt64) async throws -> Int {
        let (path, port) = (world.socketPath, world.gatewayPort)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let crowd = Crowd(logs, each: subscribersEach, socketPath: path, port: port, seed: seed)
                defer { crowd.disconnect() }
                continuation.resume(
                    with: Result {
                        try crowd.subscribe()
                        return try crowd.read(within: .seconds(180))
                    }
                )
            }
        }
    }

    /// Writes the events of all projects in turn, some of some projects in each transaction.
    private static func tell(_ logs: [Crowd.Log], in world: World) async throws {
        let ledger = world.services.sandboxes.ledger
        let all = stride(from: 1, through: eventsEach, by: eventsInRow).flatMap { first in
            logs.flatMap { log in (first..<first + eventsInRow).map { (log.project, $0) } }
        }
        for start in stride(from: 0, to: all.count, by: eventsInTransaction) {
            let part = Array(all[start..<min(start + eventsInTransaction, all.count)])
            try await ledger.write { transaction, wakes in
                for (project, number) in part {
                    try transaction.publish(
                        workspace: WorkspaceID("\(project)/\(number)"),
                        in: ProjectID(project),
                        status: "ready",
                        &wakes
                    )
                }
            }
        }
    }

    /// A project of the local user's without events.
    private static func found(_ name: String, in world: World) async throws {
        try await world.store.write { transaction in
            try transaction.insertProject(
                Project(id: ProjectID(name), name: name, slug: name, createdAt: .now, updatedAt: .now),
                owner: .anonymous
            )
        }
    }

    /// Both ends of every connection are in this process.
    private static func allowDescriptors() throws {
        var limit = rlimit()
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        limit.rlim_cur = limit.rlim_max
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        try #require(limit.rlim_cur >= 4096)
    }
}
