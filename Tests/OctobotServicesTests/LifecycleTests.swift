import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Workspaces, sessions and jobs", .timeLimit(.minutes(3)))
struct LifecycleTests {
    @Test("sources that cannot be workspaces are refused and leave no row")
    func sources() async throws {
        try await withHouse { house in
            try FileManager.default.createDirectory(atPath: house.folder + "/full", withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(filePath: house.folder + "/full/x"))
            try await house.live { life in
                for path in [
                    "relative", "", house.folder + "/full", house.folder + "/no/where", "http://example.org/a",
                    "https://u:secret@example.org/a", "file:///etc", "-x", "ext::sh",
                ] {
                    let refusal = await fault {
                        _ = try await life.services.workspaces.create(CreateWorkspace.Params(path: path), life.call)
                    }
                    #expect(refusal?.kind == .invalidParams, "\(path)")
                    #expect(refusal?.message.contains("secret") == false)
                }
                let list = try await life.services.workspaces.list(ListWorkspaces.Params(), life.call)
                #expect(list.items.isEmpty)
                let made = try await life.services.workspaces.create(
                    CreateWorkspace.Params(path: "~/new"),
                    life.call
                )
                #expect(made.path == house.folder + "/home/new")
                #expect(TestRepository(existing: made.path).exists(".git"))
                let unknown = await fault {
                    _ = try await life.services.workspaces.create(
                        CreateWorkspace.Params(path: house.user.path, provider: "vz"),
                        life.call
                    )
                }
                #expect(unknown?.kind == .invalidParams)
            }
        }
    }

    @Test("an idempotency key gives the first answer again, and refuses other params")
    func idempotency() async throws {
        try await withHouse { house in
            try await house.live { life in
                let params = CreateWorkspace.Params(path: house.user.path)
                let one = try await life.services.workspaces.create(params, life.call(key: "k"))
                let two = try await life.services.workspaces.create(params, life.call(key: "k"))
                #expect(one.id == two.id)
                let other = await fault {
                    _ = try await life.services.workspaces.create(
                        CreateWorkspace.Params(path: house.user.path, displayName: "x"),
                        life.call(key: "k")
                    )
                }
                #expect(other?.kind == .idempotencyConflict)
                let list = try await life.services.workspaces.list(ListWorkspaces.Params(), life.call)
                #expect(list.items.count == 1)
            }
        }
    }

    @Test("unknown projects are denied, foreign objects are not found")
    func projects() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let denied = await fault {
                    try await life.services.projects.authorize(.member, project: "other", principal: .anonymous)
                }
                #expect(denied?.kind == .permissionDenied)
                try await life.services.projects.authorize(.owner, project: nil, principal: .anonymous)
                let foreign = await fault {
                    _ = try await life.services.sessions.get(
                        GetSession.Params(projectID: "other", sessionID: session.id),
                        life.call
                    )
                }
                #expect(foreign?.kind == .notFound)
                let log = await fault {
                    _ = try await life.services.chatLog.subscribe(
                        SubscribeChat.Params(projectID: "other", sessionID: session.id),
                        life.call
                    )
                }
                #expect(log?.kind == .notFound)
            }
        }
    }

    @Test("the user's folder is never deleted: deleteFiles is refused whole, plain deletion leaves it")
    func deletion() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let id = session.workspaceID
                let refused = await fault {
                    _ = try await life.services.workspaces.delete(
                        DeleteWorkspace.Params(workspaceID: id, deleteFiles: true),
                        life.call
                    )
                }
                #expect(refused?.kind == .invalidState)
                #expect(refused?.reason == "workspace.notOurs")
                #expect(try await life.workspace(id).sessions.count == 1)
                let mirror = life.repositories.mirrorPath(of: id, in: .local)
                #expect(FileManager.default.fileExists(atPath: mirror))
                let before = try FileManager.default.subpathsOfDirectory(atPath: house.user.path).sorted()
                _ = try await life.services.workspaces.delete(DeleteWorkspace.Params(workspaceID: id), life.call)
                #expect(try FileManager.default.subpathsOfDirectory(atPath: house.user.path).sorted() == before)
                #expect(!FileManager.default.fileExists(atPath: mirror))
                #expect(await fault { _ = try await life.workspace(id) }?.kind == .notFound)
                #expect(await fault { _ = try await life.session(session.id) }?.kind == .notFound)
                #expect(try await house.mock.list().isEmpty)
            }
        }
    }

    @Test("a git URL is cloned, takes the commits, and only its clone is deleted with it")
    func cloned() async throws {
        try await withHouse { house in
            let url = try house.offerOverSSH()
            try await house.live { life in
                let made = try await life.services.workspaces.create(CreateWorkspace.Params(path: url), life.call)
                #expect(made.sourceType == .git)
                try await life.until("the workspace is ready") { try await life.workspace(made.id).status == .ready }
                let workspace = try await life.workspace(made.id)
                let path = life.repositories.clonePath(of: made.id, in: .local)
                #expect(workspace.workDir == path)
                _ = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), life.call)
                let session = try await life.services.sessions.create(
                    CreateSession.Params(workspaceID: made.id),
                    life.call
                )
                try await life.until("the session is ready") { try await life.session(session.id).status == .ready }
                try await house.prepareCommit(of: session, in: life) { try $0.write("plan.txt", "p\n") }
                #expect(try await life.commit(session.id).commitOutcome == .committed)
                #expect(try TestRepository(existing: path).read("plan.txt") == "p\n")
                #expect(!house.user.exists("plan.txt"))
                _ = try await life.services.workspaces.delete(
                    DeleteWorkspace.Params(workspaceID: made.id, deleteFiles: true),
                    life.call
                )
                #expect(!FileManager.default.fileExists(atPath: path))
                #expect(try await house.user.status() == "")
            }
        }
    }

    @Test("a URL that cannot be cloned makes the workspace an error that says why")
    func unreachable() async throws {
        try await withHouse { house in
            let url = try house.offerOverSSH() + "-not"
            try await house.live { life in
                let made = try await life.services.workspaces.create(CreateWorkspace.Params(path: url), life.call)
                try await life.until("the workspace failed") { try await life.workspace(made.id).status == .error }
                let text = try #require(try await life.workspace(made.id).errorMessage)
                #expect(text.contains("cloning"))
            }
        }
    }

    @Test("while a commit waits, prompts and commits are refused; a pending job can be cancelled once")
    func committing() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { life in known.value = try await life.makeSession() }
            let session = try #require(known.value)
            try await house.live(runsServices: false) { life in
                let queued = try await life.services.sessions.commit(
                    CommitSession.Params(sessionID: session.id),
                    life.call
                )
                let job = try #require(queued.jobID)
                #expect(await fault { _ = try await life.send("x", to: session.id) }?.reason == "session.committing")
                let again = await fault {
                    _ = try await life.services.sessions.commit(CommitSession.Params(sessionID: session.id), life.call)
                }
                #expect(again?.reason == "session.committing")
                let cancelled = try await life.services.jobs.cancel(CancelJob.Params(jobID: job), life.call)
                #expect(cancelled.status == .cancelled)
                #expect(try await life.session(session.id).commitStatus == .failed)
                let twice = await fault {
                    _ = try await life.services.jobs.cancel(CancelJob.Params(jobID: job), life.call)
                }
                #expect(twice?.kind == .invalidState)
                let waited = try await life.services.jobs.wait(WaitJob.Params(jobID: job, timeoutMs: 1), life.call)
                #expect(waited.status == .cancelled)
            }
        }
    }

    @Test("a session with unmerged work is kept and can be restored; one without is gone")
    func kept() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let sent = try await life.send("work", to: session.id)
                _ = try await life.ended(sent.turnID, in: session.id)
                house.mock.agent(of: session.id).setDiff(
                    #"{"files":[{"path":"a.txt","status":"modified"}],"stats":{"filesChanged":1,"additions":1,"deletions":0}}"#
                )
                func delete() async throws {
                    let deleted = try await life.services.sessions.delete(
                        DeleteSession.Params(sessionID: session.id),
                        life.call
                    )
                    let job = try #require(deleted.jobID)
                    #expect(
                        try await life.services.jobs.wait(WaitJob.Params(jobID: job), life.call).status == .completed
                    )
                }
                try await delete()
                #expect(await fault { _ = try await life.session(session.id) }?.kind == .notFound)
                let kept = try await life.services.sessions.kept(ListKeptSessions.Params(), life.call)
                #expect(kept.items.map(\.sessionID) == [session.id])
                let restored = try await life.services.sessions.restore(
                    RestoreSession.Params(sessionID: session.id),
                    life.call
                )
                #expect(restored.status == .stopped)
                let next = try await life.send("more", to: session.id)
                #expect(try await life.ended(next.turnID, in: session.id).state == .completed)
                house.mock.agent(of: session.id).setDiff(
                    #"{"files":[],"stats":{"filesChanged":0,"additions":0,"deletions":0}}"#
                )
                try await delete()
                #expect(try await life.services.sessions.kept(ListKeptSessions.Params(), life.call).items.isEmpty)
                #expect(try await house.mock.sandbox(session.id) == nil)
            }
        }
    }

    @Test("a job whose daemon dies three times is failed as poison and its resource says so")
    func poison() async throws {
        try await withHouse { house in
            let known = Box<WorkspaceID>()
            try await house.live(as: "d0", runsServices: false) { life in
                known.value = try await life.services.workspaces.create(
                    CreateWorkspace.Params(path: house.user.path),
                    life.call
                ).id
            }
            let id = try #require(known.value)
            for number in 1...3 {
                try await house.live(as: "d\(number)", runsServices: false) { life in
                    let claimed = try await life.store.write {
                        try $0.claimJob(types: [.workspaceInit], instance: "d\(number)", now: .now)
                    }
                    #expect(claimed?.resourceID == id.rawValue)
                }
            }
            try await house.live(as: "d4") { life in
                let jobs = try await life.services.jobs.list(ListJobs.Params(status: .failed), life.call)
                #expect(jobs.items.first?.reason == "poison")
                #expect(try await life.workspace(id).status == .error)
            }
        }
    }

    @Test("a restart finds stopped sandboxes and sessions whose start was lost")
    func restart() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { life in known.value = try await life.makeSession() }
            let session = try #require(known.value)
            house.mock.end(session.id, as: .stopped)
            try await house.live { life in
                try await life.until("the session shows it") { try await life.session(session.id).status == .stopped }
                _ = try await life.services.sessions.start(StartSession.Params(sessionID: session.id), life.call)
                try await life.until("the session is ready") { try await life.session(session.id).status == .ready }
                house.mock.end(session.id, as: .failed, error: "killed")
                try await life.until("the session shows it") { try await life.session(session.id).status == .error }
                #expect(try await life.session(session.id).errorMessage == "killed")
            }
        }
    }

    @Test("the diff of a sandbox is passed on")
    func diff() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = house.mock.agent(of: session.id)
                agent.setDiff(
                    #"{"files":[{"path":"a","status":"renamed","oldPath":"b","additions":1,"deletions":0,"binary":false,"patch":"p"}],"stats":{"filesChanged":1,"additions":1,"deletions":0}}"#
                )
                let all = try await life.services.sessions.diff(DiffSession.Params(sessionID: session.id), life.call)
                #expect(all.files.first?.status == .renamed)
                #expect(all.files.first?.oldPath == "b")
                agent.setDiff(#"{"path":"a","status":"unchanged","patch":""}"#)
                let one = try await life.services.sessions.diff(
                    DiffSession.Params(sessionID: session.id, path: "a"),
                    life.call
                )
                #expect(one.files.map(\.status) == [.unchanged])
                #expect(one.stats.filesChanged == 0)
                agent.setDiff("[]")
                let odd = await fault {
                    _ = try await life.services.sessions.diff(DiffSession.Params(sessionID: session.id), life.call)
                }
                #expect(odd?.kind == .upstreamFailed)
            }
        }
    }
}
