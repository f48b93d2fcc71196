import Foundation
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("What is left over", .timeLimit(.minutes(3)))
struct LeftoverTests {
    private static let diff =
        #"{"files":[{"path":"a.txt","status":"modified"}],"stats":{"filesChanged":1,"additions":1,"deletions":0}}"#

    /// Stores what a commit of the session is about to do, as far as a daemon got that died then.
    private func begin(_ session: Session, _ house: House, _ life: Life) async throws {
        try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
        let workspace = try await life.workspace(session.workspaceID)
        guard case .ready(let target) = try await life.repositories.target(of: workspace) else {
            Issue.record("no target")
            return
        }
        let commits = try await house.mock.agent(of: session.id).commits(parent: target.head)
        let prepared = try await life.repositories.apply(commits, onto: target, session: session.id, of: workspace)
        guard case .ready(let intent) = prepared else {
            Issue.record("not applied")
            return
        }
        let json = try JSONCoding.encode(intent)
        try await life.store.write { try $0.saveCommitIntent(session: session.id, json: json) }
        try house.user.write("a.txt", "one\ntwo\n")
        try house.user.write(".git/index.lock", "half")
    }

    enum Leftover: CaseIterable { case failed, unstartable, kept }

    @Test(
        "a commit that was begun is finished though its job failed or its session is gone",
        arguments: Leftover.allCases
    )
    func intents(leftover: Leftover) async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { life in
                let session = try await life.makeSession()
                known.value = session
                try await begin(session, house, life)
                try await life.store.write { transaction in
                    _ = try transaction.setCommitState(
                        session.id,
                        from: nil,
                        to: CommitState(status: .failed, error: "x")
                    )
                    if leftover == .kept {
                        try transaction.keepSession(session.id, until: Timestamp.now.advanced(by: .seconds(3600)))
                    }
                }
                if leftover == .unstartable {
                    house.mock.end(session.id, as: .stopped)
                    house.mock.fail(.start, with: .unavailable(component: "x", message: "no", hint: ""))
                }
            }
            let session = try #require(known.value)
            try await house.live { life in
                try await life.until("the commit is finished") {
                    try await life.store.read { try $0.commitIntent(session: session.id) } == nil
                }
                #expect(try await house.user.git("log", "--format=%s") == "work\nfirst")
                #expect(try await house.user.status() == "")
                guard leftover != .kept else { return }
                let done = try await life.session(session.id)
                #expect(done.commitStatus == .completed)
                #expect(done.commitOutcome == .committed)
            }
        }
    }

    @Test("a commit whose end alone was not recorded is not done twice")
    func done() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { known.value = try await $0.makeSession() }
            let session = try #require(known.value)
            let job = Box<JobID>()
            try await house.live(runsServices: false) { life in
                job.value = try await life.services.sessions.commit(
                    CommitSession.Params(sessionID: session.id),
                    life.call
                ).jobID
                try await life.store.write {
                    _ = try $0.setCommitState(
                        session.id,
                        from: nil,
                        to: CommitState(status: .completed, outcome: .committed)
                    )
                }
            }
            let id = try #require(job.value)
            try await house.live { life in
                let ended = try await life.services.jobs.wait(WaitJob.Params(jobID: id), life.call)
                #expect(ended.status == .completed)
                #expect(house.mock.agent(of: session.id).commitsAsked.isEmpty)
                #expect(try await life.session(session.id).commitStatus == .completed)
            }
        }
    }

    @Test("deleting a session cancels its commit that waits")
    func deletedBeforeCommitting() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { known.value = try await $0.makeSession() }
            let session = try #require(known.value)
            try await house.live(runsServices: false) { life in
                let commit = CommitSession.Params(sessionID: session.id)
                let waiting = try #require(try await life.services.sessions.commit(commit, life.call).jobID)
                _ = try await life.services.sessions.delete(DeleteSession.Params(sessionID: session.id), life.call)
                let cancelled = try await life.services.jobs.get(GetJob.Params(jobID: waiting), life.call)
                #expect(cancelled.status == .cancelled)
                #expect(try await life.session(session.id).commitStatus == .failed)
            }
        }
    }

    @Test("deleting a session outlasts its commit that runs")
    func deletedWhileCommitting() async throws {
        try await withHouse { house in
            house.mock.script = { _ in [.wait(MockGate())] }
            try await house.live { life in
                let session = try await life.makeSession()
                try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
                house.mock.agent(of: session.id).setCommands(["octobot-commit"])
                house.mock.agent(of: session.id).setDiff(Self.diff)
                let commit = CommitSession.Params(sessionID: session.id)
                let running = try #require(try await life.services.sessions.commit(commit, life.call).jobID)
                try await life.until("the turn runs") {
                    try await life.store.read { try $0.activeTurns(in: session.id).first?.state } == .running
                }
                let delete = DeleteSession.Params(sessionID: session.id)
                let deletion = try #require(try await life.services.sessions.delete(delete, life.call).jobID)
                #expect(
                    try await life.services.jobs.wait(WaitJob.Params(jobID: deletion), life.call).status == .completed
                )
                let ended = try await life.services.jobs.get(GetJob.Params(jobID: running), life.call)
                #expect(ended.status == .failed)
                let kept = try await life.services.sessions.kept(ListKeptSessions.Params(), life.call)
                #expect(kept.items.map(\.sessionID) == [session.id])
            }
        }
    }

    @Test("a session is taken away only after its turn has ended, with its stream closed")
    func deletedWhileRunning() async throws {
        try await withHouse { house in
            house.mock.script = { _ in [.chunk(#"{"type":"start","messageId":"m"}"#), .wait(MockGate())] }
            try await house.live { life in
                let session = try await life.makeSession()
                house.mock.agent(of: session.id).setDiff(Self.diff)
                let sent = try await life.send("work", to: session.id)
                try await life.until("the turn runs") {
                    try await life.store.read { try $0.turn(sent.turnID)?.state } == .running
                }
                let delete = DeleteSession.Params(sessionID: session.id)
                let job = try #require(try await life.services.sessions.delete(delete, life.call).jobID)
                #expect(try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call).status == .completed)
                let (turn, chunks) = try await life.store.read {
                    (try $0.turn(sent.turnID), try $0.turnChunks(sent.turnID))
                }
                #expect(turn?.state == .cancelled, "\(turn?.reason ?? "")")
                let last = try JSONValue(parsing: try #require(chunks.last))
                #expect(last["type"] == "finish")
            }
        }
    }

    @Test("a workspace's initialisation that waits is cancelled with it")
    func deletedBeforeReady() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let workspace = try await life.services.workspaces.create(
                    CreateWorkspace.Params(path: house.user.path),
                    life.call
                )
                _ = try await life.services.workspaces.delete(
                    DeleteWorkspace.Params(workspaceID: workspace.id),
                    life.call
                )
                let jobs = try await life.services.jobs.list(ListJobs.Params(), life.call)
                #expect(jobs.items.map(\.status) == [.cancelled])
            }
        }
    }

    @Test("a session restored into a URL's workspace whose clone was deleted gets a new clone")
    func clonedAgain() async throws {
        try await withHouse { house in
            let url = try house.offerOverSSH()
            try await house.live { life in
                let made = try await life.services.workspaces.create(CreateWorkspace.Params(path: url), life.call)
                try await life.until("the workspace is ready") { try await life.workspace(made.id).status == .ready }
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: made.id),
                    life.call
                )
                let sent = try await life.send("work", to: session.id)
                _ = try await life.ended(sent.turnID, in: session.id)
                house.mock.agent(of: session.id).setDiff(Self.diff)
                _ = try await life.services.workspaces.delete(
                    DeleteWorkspace.Params(workspaceID: made.id, deleteFiles: true),
                    life.call
                )
                let clone = life.repositories.clonePath(of: made.id, in: .local)
                #expect(!FileManager.default.fileExists(atPath: clone))
                _ = try await life.services.sessions.restore(RestoreSession.Params(sessionID: session.id), life.call)
                try await life.until("the workspace is ready") { try await life.workspace(made.id).status == .ready }
                #expect(FileManager.default.fileExists(atPath: clone + "/a.txt"))
            }
        }
    }

    @Test("a kept session that cannot be forgotten does not stop the others, and what they pinned is let go")
    func retention() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let mirror = TestRepository(
                    existing: life.repositories.mirrorPath(of: session.workspaceID, in: .local)
                )
                #expect(try await mirror.git("for-each-ref", "refs/octobot/base") != "")
                try await house.mock.remove(session.id, data: .keep)
                let past = Timestamp.now.advanced(by: .seconds(-60))
                try await life.store.write { transaction in
                    var lost = session
                    lost.id = "lost"
                    lost.provider = "gone"
                    try transaction.insertSession(lost, secretNonce: "00")
                    try transaction.keepSession(lost.id, until: past.advanced(by: .seconds(-60)))
                    try transaction.keepSession(session.id, until: past)
                }
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let retention = Retention(
                    ledger: Ledger(store: life.store, bells: Bells(), logger: logger, startRunner: { _ in }),
                    providers: SandboxProviders([house.mock], preferred: nil),
                    repositories: life.repositories,
                    logger: logger
                )
                try await retention.sweep()
                let kept = try await life.services.sessions.kept(ListKeptSessions.Params(), life.call)
                #expect(kept.items.map(\.sessionID) == ["lost"])
                #expect(try await house.mock.sandbox(session.id) == nil)
                #expect(try await mirror.git("for-each-ref", "refs/octobot/base") == "")
            }
        }
    }
}
