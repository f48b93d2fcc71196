import Foundation
import OctobotAPI
import OctobotModel
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("A workspace whose repository moves", .timeLimit(.minutes(3)))
struct WorkspaceMoveTests {
    private func move(_ workspace: Workspace, to path: String, in life: Life) async throws -> Workspace {
        let params = UpdateWorkspace.Params(workspaceID: workspace.id, path: path)
        return try await life.services.workspaces.update(params, life.call)
    }

    private func ready(_ workspace: Workspace, in life: Life) async throws -> Workspace {
        try await life.until("the workspace is ready") { try await life.workspace(workspace.id).status == .ready }
        return try await life.workspace(workspace.id)
    }

    @Test("a folder that was moved goes on where it was: a session made before commits into the new place")
    func moved() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let before = try await life.workspace(session.workspaceID)
                try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
                let place = house.folder + "/moved"
                try FileManager.default.moveItem(atPath: house.user.path, toPath: place)
                let events = try await life.services.events.reader(ofLive: .local)
                let moving = try await move(before, to: place + "/", in: life)
                #expect(moving.status == .initializing)
                #expect(moving.path == place && moving.workDir == place && moving.commit == nil)
                var first: LogElement?
                repeat { first = try await events.next() } while first.map(\.isEntry) == false
                #expect(first?.text.contains(#""status":"initializing""#) == true)
                let moved = try await ready(before, in: life)
                #expect(moved.commit == before.commit)

                let repository = TestRepository(existing: place)
                let done = try await life.commit(session.id)
                #expect(done.commitOutcome == .committed)
                #expect(try repository.read("a.txt") == "one\ntwo\n")
            }
        }
    }

    @Test("the same path again changes nothing and tells nobody")
    func unchanged() async throws {
        try await withHouse { house in
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                // The event of the job comes after the workspace's.
                let job = try #require(try await life.services.jobs.list(ListJobs.Params(), life.call).items.first)
                _ = try await life.services.jobs.wait(WaitJob.Params(jobID: job.id), life.call)
                let head = try await life.store.read { try $0.eventHead(project: .local) }
                #expect(try await move(workspace, to: workspace.path, in: life) == workspace)
                #expect(try await move(workspace, to: workspace.path + "/.", in: life) == workspace)
                #expect(try await life.store.read { try $0.eventHead(project: .local) } == head)
            }
        }
    }

    @Test(
        "what could not become a workspace is refused and changes nothing",
        arguments: ["relative", "ext::sh -c id", "/etc", "/nowhere/at/all/x"]
    )
    func refused(path: String) async throws {
        try await withHouse { house in
            try await house.live { life in
                let workspace = try await life.makeWorkspace()
                let refusal = await fault { _ = try await move(workspace, to: path, in: life) }
                #expect(refusal?.kind == .invalidParams)
                #expect(try await life.workspace(workspace.id) == workspace)
            }
        }
    }

    @Test("a URL that changes is cloned anew, and the clone of the old one is set aside with what is in it")
    func urls() async throws {
        try await withHouse { house in
            let url = try house.offerOverSSH()
            let second = try await TestRepository(at: house.folder + "/second", files: ["c.txt": "c\n"])
            try await house.live { life in
                let create = CreateWorkspace.Params(path: url)
                let first = try await ready(life.services.workspaces.create(create, life.call), in: life)
                let clone = try #require(first.workDir)
                try Data("mine".utf8).write(to: URL(filePath: clone + "/mine.txt"))
                let moving = try await move(first, to: "ssh://example.org" + second.path, in: life)
                #expect(moving.workDir == nil && moving.sourceType == .git)
                let moved = try await ready(first, in: life)
                #expect(moved.workDir == clone)
                #expect(moved.commit == (try await second.head()))
                #expect(FileManager.default.fileExists(atPath: clone + "/c.txt"))
                #expect(try String(contentsOfFile: clone + ".before-1/mine.txt", encoding: .utf8) == "mine")

                let delete = DeleteWorkspace.Params(workspaceID: first.id, deleteFiles: true)
                _ = try await life.services.workspaces.delete(delete, life.call)
                #expect(!FileManager.default.fileExists(atPath: clone + ".before-1"))
            }
        }
    }

    @Test("it does not move while a session of it is being committed")
    func committing() async throws {
        try await withHouse { house in
            let place = house.folder + "/elsewhere"
            _ = try await TestRepository(at: place)
            let known = Box<Workspace>()
            try await house.live { life in
                known.value = try await life.makeWorkspace()
            }
            let workspace = try #require(known.value)
            try await house.live(runsServices: false) { life in
                try await life.store.write { transaction in
                    _ = try transaction.enqueueJob(
                        type: .sessionCommit,
                        project: .local,
                        resourceType: "workspace",
                        resourceID: workspace.id.rawValue,
                        payload: [:],
                        priority: 10,
                        maxAttempts: 1
                    )
                }
                let refusal = await fault { _ = try await move(workspace, to: place, in: life) }
                #expect(refusal?.kind == .invalidState)
                #expect(refusal?.reason == "workspace.committing")
                #expect(try await life.workspace(workspace.id) == workspace)
            }
        }
    }
}

extension LogElement {
    fileprivate var isEntry: Bool {
        if case .entry = self { true } else { false }
    }

    /// What an entry says.
    fileprivate var text: String {
        if case .entry(let entry) = self { String(decoding: entry.data, as: UTF8.self) } else { "" }
    }
}
