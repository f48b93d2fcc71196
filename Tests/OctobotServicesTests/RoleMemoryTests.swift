import Foundation
import OctobotModel
import OctobotStore
import OctobotTestSupport
import Testing

@testable import OctobotServices

/// Roles that are kept between calls.
@Suite("role memory")
struct RoleMemoryTests {
    @Test("a role is known until something is written, and then not even those remembered late")
    func generations() {
        let memory = RoleMemory()
        memory.remember(.member, of: "u1", in: "p1", 1)
        #expect(memory.role(of: "u1", in: "p1", 1) == .member)
        #expect(memory.role(of: "u1", in: "p2", 1) == nil)
        #expect(memory.role(of: "u2", in: "p1", 1) == nil)
        #expect(memory.role(of: "u1", in: "p1", 2) == nil)
        memory.remember(.owner, of: "u2", in: "p1", 2)
        #expect(memory.role(of: "u1", in: "p1", 2) == nil)
        // Read before the write, remembered after it.
        memory.remember(.member, of: "u1", in: "p1", 1)
        #expect(memory.role(of: "u1", in: "p1", 2) == nil)
    }

    @Test("every write, a failed one as well, makes the store's generation rise before it returns")
    func store() async throws {
        try await withTemporaryDirectory { folder in
            let store = try await Store(path: folder.appending(path: "octobot.db").path(percentEncoded: false))
            let first = store.generation
            try await store.write { _ in }
            #expect(store.generation == first + 1)
            await #expect(throws: CancellationError.self) { try await store.write { _ in throw CancellationError() } }
            #expect(store.generation == first + 2)
            _ = try await store.read { try $0.project(.local) }
            #expect(store.generation == first + 2)
            try store.close()
        }
    }
}
