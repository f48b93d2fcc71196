import OctobotModel
import Testing

@testable import OctobotSandbox

@Suite("Every provider: sandboxes and their data", .serialized, .timeLimit(.minutes(5)))
struct LifeContract {
    @Test("what was created is there and does not run", arguments: Kind.usable)
    func created(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            #expect(try await subject.provider.sandbox(subject.id(1)) == nil)
            #expect(try await subject.provider.list() == [])
            let id = try await subject.create(1)
            let sandbox = try #require(try await subject.provider.sandbox(id))
            #expect(sandbox.status == .created)
            #expect(sandbox.sessionID == id && sandbox.workspaceID == "w" && sandbox.projectID == "local")
            #expect(sandbox.error == nil && !sandbox.isOutdated && sandbox.isolationNotes.isEmpty)
            #expect(sandbox.installation?.isEmpty == false)
            #expect(try await subject.provider.list() == [sandbox])
            #expect(await subject.answer(id) == .unreachable)
        }
    }

    @Test("a session has one sandbox", arguments: Kind.usable)
    func single(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.create(1)
            await #expect(throws: SandboxError.alreadyExists(id)) { try await subject.provider.create(subject.spec(1)) }
            #expect(try await subject.provider.list().count == 1)
        }
    }

    @Test("what is not there is not found", arguments: Kind.usable)
    func missing(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, subject.id(1))
            await #expect(throws: SandboxError.notFound(id)) { try await provider.start(id) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.stop(id, grace: .zero) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.remove(id, data: .keep) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.remove(id, data: .delete) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.restore(id) }
            try await provider.deleteKept(id)
            #expect(await subject.answer(id) == .unreachable)
        }
    }

    @Test("one that was started runs, and is not started twice", arguments: Kind.usable)
    func running(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.start(1)
            #expect(try await subject.status(id) == .running)
            await #expect(throws: SandboxError.alreadyRunning(id)) { try await subject.provider.start(id) }
        }
    }

    @Test("its agent is reached with its secret only, and while it runs", arguments: Kind.usable)
    func agent(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.start(1)
            #expect(await subject.answer(id) == .reached)
            #expect(await subject.answer(id, secret: "wrong") == .refused)
            #expect(await subject.answer(id, secret: "") == .refused)
            try await subject.provider.stop(id, grace: .seconds(10))
            #expect(await subject.answer(id) == .unreachable)
        }
    }

    @Test("one that is stopped is stopped, which is no failure", arguments: Kind.usable)
    func stopped(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.create(1)
            await #expect(throws: SandboxError.notRunning(id)) { try await subject.provider.stop(id, grace: .zero) }
            try await subject.provider.start(id)
            try await subject.provider.stop(id, grace: .seconds(10))
            #expect(try await subject.provider.sandbox(id)?.status == .stopped)
            #expect(try await subject.provider.sandbox(id)?.error == nil)
            await #expect(throws: SandboxError.notRunning(id)) { try await subject.provider.stop(id, grace: .zero) }
        }
    }

    @Test("it keeps its data from start to start", arguments: Kind.usable)
    func again(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.start(1)
            #expect(try await subject.note(in: id) == "")
            try await subject.note("first", in: id)
            for _ in 0..<2 {
                try await subject.provider.stop(id, grace: .seconds(10))
                try await subject.provider.start(id)
                #expect(try await subject.note(in: id) == "first")
                #expect(await subject.answer(id) == .reached)
            }
        }
    }

    @Test("one that is removed with its data leaves nothing", arguments: Kind.usable)
    func deleted(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.start(1)
            try await subject.note("old", in: id)
            try await subject.provider.remove(id, data: .delete)
            #expect(try await subject.provider.sandbox(id) == nil)
            #expect(try await subject.provider.list() == [])
            #expect(await subject.answer(id) == .unreachable)
            await #expect(throws: SandboxError.notFound(id)) { try await subject.provider.restore(id) }
            try await subject.provider.create(subject.spec(1))
            try await subject.provider.start(id)
            #expect(try await subject.note(in: id) == "")
        }
    }

    @Test("kept data is no sandbox, but is known and comes back", arguments: Kind.usable)
    func kept(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await subject.note("kept", in: id)
            try await provider.remove(id, data: .keep)
            try await provider.remove(id, data: .keep)
            #expect(try await provider.list() == [])
            #expect(try await provider.sandbox(id)?.status == .stopped)
            await #expect(throws: SandboxError.notFound(id)) { try await provider.start(id) }
            await #expect(throws: SandboxError.self) { try await provider.stop(id, grace: .zero) }
            #expect(await subject.answer(id) == .unreachable)
            try await provider.restore(id)
            try await provider.restore(id)
            #expect(try await provider.list().map(\.status) == [.stopped])
            try await provider.start(id)
            #expect(try await subject.note(in: id) == "kept")
        }
    }

    @Test("kept data is deleted once and for all, data in use never", arguments: Kind.usable)
    func forgotten(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await subject.note("work", in: id)
            try await provider.deleteKept(id)
            #expect(try await subject.note(in: id) == "work")
            try await provider.remove(id, data: .keep)
            try await provider.deleteKept(id)
            try await provider.deleteKept(id)
            #expect(try await provider.sandbox(id) == nil)
            await #expect(throws: SandboxError.notFound(id)) { try await provider.restore(id) }
        }
    }

    @Test("a new sandbox takes up what was kept", arguments: Kind.usable)
    func takenUp(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await subject.note("old", in: id)
            try await provider.remove(id, data: .keep)
            try await provider.create(subject.spec(1))
            #expect(try await provider.list().map(\.status) == [.created])
            try await provider.start(id)
            #expect(try await subject.note(in: id) == "old")
            try await provider.remove(id, data: .delete)
            #expect(try await provider.sandbox(id) == nil)
        }
    }

    @Test("sandboxes are listed in the order of their names, and do not touch each other", arguments: Kind.usable)
    func several(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            for number in [3, 1, 2] { _ = try await subject.start(number) }
            let ids = (1...3).map(subject.id)
            #expect(try await subject.provider.list().map(\.sessionID) == ids)
            for id in ids { try await subject.note("of \(id)", in: id) }
            try await subject.provider.remove(ids[1], data: .delete)
            #expect(try await subject.provider.list().map(\.sessionID) == [ids[0], ids[2]])
            #expect(try await subject.provider.list().map(\.status) == [.running, .running])
            for id in [ids[0], ids[2]] { #expect(try await subject.note(in: id) == "of \(id)") }
        }
    }

    @Test("a new daemon finds what runs, what does not, and what is kept", arguments: Kind.usable)
    func adopted(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (one, two, three) = (
                try await subject.start(1), try await subject.create(2), try await subject.start(3)
            )
            let four = try await subject.start(4)
            try await subject.provider.stop(three, grace: .seconds(10))
            try await subject.provider.remove(four, data: .keep)
            let before = try await subject.provider.list()
            let next = try subject.successor()
            #expect(try await next.list() == before)
            #expect(try await next.list().map(\.status) == [.running, .created, .stopped])
            #expect(try await next.sandbox(four)?.status == .stopped)
            _ = try next.agent(one, secret: contractSecret)
            await #expect(throws: SandboxError.alreadyRunning(one)) { try await next.start(one) }
            await #expect(throws: SandboxError.alreadyExists(two)) { try await next.create(subject.spec(2)) }
            try await next.stop(one, grace: .seconds(10))
            #expect(try await next.sandbox(one)?.status == .stopped)
            try await next.restore(four)
            try await next.start(four)
            #expect(try await next.sandbox(four)?.status == .running)
            for id in [one, two, three, four] { try await next.remove(id, data: .delete) }
            #expect(try await next.list() == [])
        }
    }
}
