import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SQLDatabase
import Testing

@testable import OctobotServices
@testable import OctobotStore

@Suite("Jobs that are given up", .timeLimit(.minutes(2)))
struct GivingUpTests {
    /// Lets jobs have one attempt, and refuses to store that a session failed.
    private func breakStore(_ life: Life, _ column: String, _ value: String) async throws {
        try await life.store.write { transaction in
            try transaction.connection.executeScript(
                """
                CREATE TRIGGER once AFTER INSERT ON job
                BEGIN UPDATE job SET max_attempts = 1 WHERE id = NEW.id; END;
                CREATE TRIGGER broken BEFORE UPDATE ON session WHEN NEW.\(column) = '\(value)'
                BEGIN SELECT RAISE(ABORT, 'broken'); END;
                """
            )
        }
    }

    /// The job is not over while its resource is not told; then it is.
    private func check(_ job: JobID, _ life: Life) async throws {
        let early = try await life.services.jobs.wait(WaitJob.Params(jobID: job, timeoutMs: 500), life.call)
        #expect(early.status == .running)
        try await life.store.write { try $0.connection.executeScript("DROP TRIGGER broken;") }
        let late = try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call)
        #expect(late.status == .failed)
    }

    @Test("a start that fails is recorded on the session before the job ends, however often that takes")
    func sessionInit() async throws {
        try await withHouse { house in
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                try await breakStore(life, "status", "error")
                house.mock.fail(.create, with: .failed("no room"))
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: workspace.id),
                    life.call
                )
                let active = try await life.store.read {
                    try $0.activeJob(type: .sessionInit, resourceID: session.id.rawValue)
                }
                try await check(try #require(active).id, life)
                let failed = try await life.session(session.id)
                #expect(failed.status == .error)
                #expect(failed.errorMessage?.contains("no room") == true)
            }
        }
    }

    @Test("a commit that fails is recorded on the session before the job ends, however often that takes")
    func sessionCommit() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = house.mock.agent(of: session.id)
                agent.setCommit(.failure(.refused(status: 500, code: "internal", message: "no room")))
                try await breakStore(life, "commit_status", "failed")
                let queued = try await life.services.sessions.commit(
                    CommitSession.Params(sessionID: session.id),
                    life.call
                )
                try await check(try #require(queued.jobID), life)
                let failed = try await life.session(session.id)
                #expect(failed.commitStatus == .failed)
                #expect(failed.commitError?.isEmpty == false)
            }
        }
    }
}
