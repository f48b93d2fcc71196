import OctobotModel
import Testing

@testable import OctobotSandbox

@Suite("Every provider: starts that fail and ends that come", .serialized, .timeLimit(.minutes(5)))
struct EndContract {
    /// The first change that fits.
    private func change(
        in changes: AsyncStream<SandboxChange>,
        _ fits: (SandboxChange) -> Bool
    ) async throws -> SandboxChange {
        try await LocalHarness.wait(for: changes, fits)
    }

    @Test("one that does not come up says why, and comes up once it can", arguments: Kind.usable)
    func refusing(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await provider.stop(id, grace: .seconds(10))
            try await subject.arrange(.refuse, in: id)
            let error = await #expect(throws: SandboxError.self) { try await provider.start(id) }
            guard case .startFailed(let message, let log) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect((message + log).contains("cannot frob the widget"), "\(message) \(log)")
            #expect(try await subject.status(id) != .running)
            try await subject.arrange(nil, in: id)
            try await provider.start(id)
            #expect(try await subject.provider.sandbox(id)?.status == .running)
            #expect(try await subject.provider.sandbox(id)?.error == nil)
        }
    }

    @Test("a start that is cancelled leaves nothing that runs", arguments: Kind.usable)
    func cancelled(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await provider.stop(id, grace: .seconds(10))
            try await subject.arrange(.deaf, in: id)
            let start = Task { try await provider.start(id) }
            await Task.yield()
            start.cancel()
            await #expect(throws: SandboxError.self) { try await start.value }
            #expect(try await subject.status(id) != .running)
            #expect(await subject.answer(id) == .unreachable)
            try await subject.arrange(nil, in: id)
            try await provider.start(id)
            #expect(try await subject.status(id) == .running)
        }
    }

    @Test("of starts at the same time one is the start", arguments: Kind.usable)
    func race(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.create(1))
            let outcomes = await withTaskGroup(of: SandboxError?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do throws(SandboxError) {
                            try await provider.start(id)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                return await group.reduce(into: [SandboxError?]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .alreadyRunning(id) }.count == 5)
            #expect(try await subject.status(id) == .running)
        }
    }

    @Test("of creations at the same time one is the creation", arguments: Kind.usable)
    func creations(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, spec) = (subject.provider, subject.spec(1))
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do throws(SandboxError) {
                            try await provider.create(spec)
                            return true
                        } catch {
                            if error != .alreadyExists(spec.sessionID) { Issue.record("\(error)") }
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 1)
            let list = try await provider.list()
            #expect(list.count == 1)
        }
    }

    @Test("many come and go side by side", arguments: Kind.usable)
    func crowd(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...6 {
                    group.addTask {
                        let id = try await subject.start(number)
                        #expect(await subject.answer(id) == .reached)
                        if number.isMultiple(of: 2) { try await subject.provider.stop(id, grace: .seconds(10)) }
                        if number.isMultiple(of: 3) { try await subject.provider.remove(id, data: .delete) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await subject.provider.list().map(\.sessionID) == [1, 2, 4, 5].map(subject.id))
            #expect(
                try await subject.provider.list().map(\.status) == [.running, .stopped, .stopped, .running]
            )
        }
    }

    @Test("one that does not leave when it is asked to is ended all the same", arguments: Kind.usable)
    func stubborn(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            try await provider.stop(id, grace: .seconds(10))
            try await subject.arrange(.stubborn, in: id)
            try await provider.start(id)
            try await provider.stop(id, grace: .seconds(1))
            #expect(try await provider.sandbox(id)?.status == .stopped)
            #expect(try await provider.sandbox(id)?.error == nil)
        }
    }

    @Test("one that is killed behind our back has failed, says so, and can be started again", arguments: Kind.usable)
    func killed(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            let changes = provider.watch()
            async let end = change(in: changes) { $0.sessionID == id && $0.status == .failed }
            try await subject.kill(id)
            #expect(try await end.error?.contains("killed") == true)
            let sandbox = try await provider.sandbox(id)
            #expect(sandbox?.status == .failed)
            #expect(sandbox?.error?.contains("137") == true, "\(sandbox?.error ?? "")")
            #expect(await subject.answer(id) == .unreachable)
            await #expect(throws: SandboxError.notRunning(id)) { try await provider.stop(id, grace: .zero) }
            try await provider.start(id)
            #expect(try await provider.sandbox(id)?.status == .running)
            #expect(try await provider.sandbox(id)?.error == nil)
        }
    }

    @Test("one whose program leaves by itself has failed with its status and last words", arguments: Kind.usable)
    func left(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            let changes = provider.watch()
            async let end = change(in: changes) { $0.sessionID == id && $0.status == .failed }
            try await subject.leave(id)
            let error = try #require(try await end.error)
            #expect(error.contains("status 9") && error.contains("leaving"), "\(error)")
            #expect(try await provider.sandbox(id)?.error == error)
        }
    }

    @Test("who watches gets the present first, then what happens, in order", arguments: Kind.usable)
    func watched(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, one) = (subject.provider, try await subject.start(1))
            let changes = provider.watch()
            var iterator = changes.makeAsyncIterator()
            #expect(await iterator.next() == SandboxChange(sessionID: one, status: .running))
            let two = try await subject.create(2)
            #expect(await iterator.next() == SandboxChange(sessionID: two, status: .created))
            try await provider.start(two)
            #expect(await iterator.next() == SandboxChange(sessionID: two, status: .running))
            try await provider.stop(two, grace: .seconds(10))
            #expect(await iterator.next() == SandboxChange(sessionID: two, status: .stopped))
            try await provider.remove(two, data: .keep)
            #expect(await iterator.next() == SandboxChange(sessionID: two, status: .removed))
        }
    }

    @Test("everybody who watches sees everything", arguments: Kind.usable)
    func watchers(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, try await subject.start(1))
            let streams = [provider.watch(), provider.watch()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                let begun = MockGate()
                for (number, stream) in streams.enumerated() {
                    group.addTask {
                        for await change in stream {
                            if change.status == .running, number == 0 { begun.open() }
                            if change.status == .stopped { return }
                        }
                        Issue.record("the stream ended")
                    }
                }
                await begun.wait()
                try await provider.stop(id, grace: .seconds(10))
                try await group.waitForAll()
            }
        }
    }
}
