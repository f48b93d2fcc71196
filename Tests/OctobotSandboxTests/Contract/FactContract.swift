import OctobotModel
import Testing

@testable import OctobotSandbox

@Suite("Every provider: what it says of itself, and what it does not fall for", .serialized, .timeLimit(.minutes(5)))
struct FactContract {
    @Test("it can be used, and says so", arguments: Kind.usable)
    func status(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            #expect(subject.provider.name == kind.rawValue)
            let status = await subject.provider.status()
            #expect(status.available && status.state == .ready, "\(status)")
            #expect(status.message == nil)
        }
    }

    @Test("it holds sandboxes to what was configured, or says that it does not", arguments: Kind.usable)
    func limits(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let (limits, wanted) = (subject.provider.limits, contractLimits.limits)
            #expect(limits.processes == wanted.processes)
            #expect(limits.memoryBytes == wanted.memoryBytes || limits.memoryBytes == nil)
            #expect(limits.processors == wanted.processors || limits.processors == nil)
            let details = await subject.provider.status().details ?? [:]
            if kind != .mock {
                #expect(details["memory"] == (limits.memoryBytes == nil ? "256 MiB per process" : "256 MiB"))
                #expect(details["processes"] == "200")
                #expect(details["processors"] == limits.processors.map { "\($0)" } ?? "unlimited")
            }
        }
    }

    @Test("the sandboxes of a project share a cache, which is not deleted under them", arguments: Kind.usable)
    func caches(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let provider = subject.provider
            #expect(try await provider.caches(of: "local").isEmpty)
            try await provider.deleteCaches(of: "local")
            let id = try await subject.start(1)
            let cache = try #require(try await provider.caches(of: "local").first)
            #expect(cache.name.hasPrefix("octobot-cache-local"))
            #expect(cache.projectID == "local" && cache.path.hasPrefix("/"))
            #expect(try await provider.caches(of: "other").isEmpty)
            await #expect(throws: SandboxError.self) { try await provider.deleteCaches(of: "local") }
            try await provider.deleteCaches(of: "other")
            #expect(try await provider.caches(of: "local").count == 1)
            try await provider.remove(id, data: .delete)
            #expect(try await provider.caches(of: "local").count == 1)
            try await provider.deleteCaches(of: "local")
            #expect(try await provider.caches(of: "local").isEmpty)
        }
    }

    @Test("a root shell is opened or refused, never pretended", arguments: Kind.usable)
    func root(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let id = try await subject.create(1)
            // It does not run.
            await #expect(throws: SandboxError.self) {
                _ = try await subject.provider.attachRoot(id, rows: 24, columns: 80)
            }
        }
    }

    private static let oddNames = [
        "", ".", "..", "../../etc", "a/b", "-rf", "a b", "a\u{0}b", "ä", "a\nb", "$(id)",
        String(repeating: "a", count: 66),
    ]

    @Test("a name that cannot be a session's makes nothing and finds nothing", arguments: Kind.usable, oddNames)
    func names(kind: Kind, name: String) async throws {
        try await withSubject(kind) { subject in
            let (provider, id) = (subject.provider, SessionID(name))
            var spec = subject.spec(1)
            spec.sessionID = id
            await #expect(throws: SandboxError.self) { try await provider.create(spec) }
            #expect(try await provider.sandbox(id) == nil)
            await #expect(throws: SandboxError.notFound(id)) { try await provider.start(id) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.stop(id, grace: .zero) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.remove(id, data: .delete) }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.restore(id) }
            try await provider.deleteKept(id)
            #expect(await subject.answer(id) == .unreachable)
            #expect(try await provider.list() == [])
        }
    }

    @Test("the longest name works as any other", arguments: Kind.usable)
    func longName(kind: Kind) async throws {
        try await withSubject(kind) { subject in
            let stem = subject.id(1).rawValue + "-"
            let id = SessionID(stem + String(repeating: "z", count: 65 - stem.count))
            var spec = subject.spec(1)
            spec.sessionID = id
            #expect(id.isValid)
            try await subject.provider.create(spec)
            try await subject.provider.start(id)
            #expect(await subject.answer(id) == .reached)
            try await subject.provider.remove(id, data: .delete)
        }
    }
}
