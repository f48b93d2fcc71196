import Foundation
import GitCommand
import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Commits", .timeLimit(.minutes(3)))
struct CommitTests {
    @Test("what keeps commits from coming back is told, and nothing has changed")
    func outcomes() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
                let head = try await house.user.head()
                func expect(_ outcome: CommitOutcome, _ note: Comment) async throws {
                    let session = try await life.commit(session.id)
                    #expect(session.commitOutcome == outcome, note)
                    #expect(session.commitStatus == .failed, note)
                    #expect(session.commitError?.isEmpty == false, note)
                    #expect(try await house.user.git("rev-parse", "main") == head, note)
                }
                try house.user.write("a.txt", "mine\n")
                try await expect(.targetDirty, "touched")
                try await house.user.git("add", "a.txt")
                try await expect(.targetDirty, "staged")
                try await house.user.git("reset", "--quiet", "--hard")
                try await house.user.git("checkout", "--quiet", "--detach")
                try await expect(.targetDetached, "detached")
                try await house.user.git("checkout", "--quiet", "main")
                try house.user.write(".git/MERGE_HEAD", "")
                try await expect(.targetBusy, "merge")
                try FileManager.default.removeItem(atPath: house.user.path + "/.git/MERGE_HEAD")
                let agent = house.mock.agent(of: session.id)
                agent.setCommit(.failure(.refused(status: 409, code: "conflict", message: "a.txt conflicts")))
                try await expect(.conflict, "conflict")
                try await house.prepareCommit(of: session, in: life) {
                    try FileManager.default.createSymbolicLink(
                        atPath: $0.path + "/out",
                        withDestinationPath: "/etc/passwd"
                    )
                }
                try await expect(.patchRefused, "link")
                try await house.prepareCommit(of: session, in: life) { try $0.write("a.txt", "one\ntwo\n") }
                #expect(try await life.commit(session.id).commitOutcome == .committed)
                #expect(try house.user.read("a.txt") == "one\ntwo\n")
            }
        }
    }

    @Test("a commit that was recorded and half done when the daemon died is finished by the next one")
    func recovered() async throws {
        try await withHouse { house in
            let known = Box<Session>()
            try await house.live { life in
                let session = try await life.makeSession()
                known.value = session
                try await house.prepareCommit(of: session, in: life) { work in
                    try work.write("a.txt", "one\ntwo\n")
                    try work.write("new.txt", "new\n")
                }
                // The steps of the job up to the moment of death.
                let workspace = try await life.workspace(session.workspaceID)
                guard case .ready(let target) = try await life.repositories.target(of: workspace) else {
                    Issue.record("no target")
                    return
                }
                let commits = try await house.mock.agent(of: session.id).commits(parent: target.head)
                guard
                    case .ready(let intent) = try await life.repositories.apply(
                        commits,
                        onto: target,
                        session: session.id,
                        of: workspace
                    )
                else {
                    Issue.record("not applied")
                    return
                }
                let json = try JSONCoding.encode(intent)
                try await life.store.write { transaction in
                    try transaction.saveCommitIntent(session: session.id, json: json)
                    _ = try transaction.setCommitState(session.id, from: nil, to: CommitState(status: .committing))
                }
                try house.user.write("a.txt", "one\ntwo\n")
                try house.user.write("new.txt", "ne")
                try house.user.write(".git/index.lock", "half")
            }
            let session = try #require(known.value)
            try await house.live { life in
                try await life.until("the commit has ended") {
                    try await life.session(session.id).commitStatus == .completed
                }
                let done = try await life.session(session.id)
                #expect(done.commitOutcome == .committed)
                #expect(try await house.user.status() == "")
                #expect(try house.user.read("new.txt") == "new\n")
                #expect(try await house.user.git("log", "--format=%s") == "work\nfirst")
                #expect(try await house.user.git("fsck", "--strict", "--no-dangling") == "")
                #expect(house.mock.agent(of: session.id).bases == [done.appliedCommit])
                let left = try await life.store.read { try $0.commitIntent(session: session.id) }
                #expect(left == nil)
            }
        }
    }
}
