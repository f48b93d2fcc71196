import OctobotAPI
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("What sandboxes may take of the disk", .timeLimit(.minutes(2)))
struct DiskLimitTests {
    @Test(
        "a sandbox whose home has grown too large is stopped with the cause, others go on, and it can be started again"
    )
    func tooLarge() async throws {
        try await withHouse { house in
            var disk = DiskLimits(home: 1 << 30, folder: house.folder)
            disk.pause = .milliseconds(20)
            try await house.live(disk: disk) { life in
                let first = try await life.makeSession()
                let second = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: first.workspaceID),
                    life.call
                )
                try await life.until("the other is ready") { try await life.session(second.id).status == .ready }
                func use(_ bytes: Int64?) -> SandboxUse {
                    SandboxUse(memoryBytes: 1, cpuMilliseconds: 1, processes: 1, diskBytes: bytes, isDiskPartial: true)
                }
                house.mock.agent(of: second.id).hands.setUse(use(1 << 30))
                house.mock.agent(of: first.id).hands.setUse(use(3 << 30))
                try await life.until("it is stopped") { try await life.session(first.id).status == .error }
                let error = try await life.session(first.id).errorMessage ?? ""
                #expect(error.contains("3072 MiB") && error.contains("1024") && error.contains("SANDBOX_DISK_MB"))
                #expect(try await life.session(second.id).status == .ready)
                let stats = try await life.services.commands.stats(.init(sessionID: second.id), life.call)
                #expect(stats.diskBytes == 1 << 30 && stats.diskPartial == true && stats.diskLimitBytes == 1 << 30)
                house.mock.agent(of: first.id).hands.setUse(use(5))
                _ = try await life.send("hello", to: first.id)
                try await life.until("it runs again") { try await life.session(first.id).status == .ready }
            }
        }
    }

    @Test("on a disk that is nearly full no new work is begun")
    func reserve() async throws {
        try await withHouse { house in
            let session = Sent()
            try await house.live { life in await session.set(try await life.makeSession()) }
            let known = try #require(await session.value)
            try await house.live(disk: DiskLimits(reserve: .max, folder: house.folder)) { life in
                for refused in [
                    await fault { _ = try await life.send("more", to: known.id) },
                    await fault {
                        let params = CreateSession.Params(workspaceID: known.workspaceID)
                        _ = try await life.services.sessions.create(params, life.call)
                    },
                ] {
                    #expect(refused?.kind == .unavailable)
                    #expect(refused?.hint?.contains("SANDBOX_DISK_RESERVE_MB") == true)
                }
                // What is there can be looked at and ended.
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: known.id), life.call)
            }
        }
    }

    private actor Sent {
        private(set) var value: Session?
        func set(_ session: Session) { value = session }
    }
}
