import OctobotModel
import Testing

@testable import OctobotStore

@Suite("workspaces and agents", .timeLimit(.minutes(1)))
struct WorkspaceTests {
    @Test("a workspace comes back as it was stored, in its project only")
    func roundTrip() async throws {
        try await withStore { store, _ in
            try await store.read { reader throws in
                #expect(try reader.workspace("w", in: .local) == .sample("w"))
                #expect(try reader.workspace("w", in: nil) == .sample("w"))
                #expect(try reader.workspace("w", in: "other") == nil)
                #expect(try reader.mirrorPath(of: "w") == "/mirrors/w.git")
            }
        }
    }

    @Test("its status moves only from the states that were named")
    func status() async throws {
        try await withStore { store, _ in
            #expect(
                try await store.write { try $0.setWorkspaceStatus("w", from: [.ready], to: .error, error: "x") }
                    == false
            )
            #expect(try await store.write { try $0.setWorkspaceStatus("w", from: nil, to: .error, error: "x") })
            #expect(try await store.read { try $0.workspace("w", in: .local)?.errorMessage } == "x")
            #expect(try await store.read { try $0.workspaces(withStatus: [.error]).map(\.id) } == ["w"])
            try await store.write { try $0.setWorkspaceReady("w", workDir: "/home/u/w", commit: "abc") }
            let ready = try await store.read { try $0.workspace("w", in: .local) }
            #expect(ready?.status == .ready && ready?.errorMessage == nil)
            #expect(ready?.workDir == "/home/u/w" && ready?.commit == "abc")
            try await store.write { try $0.setWorkspaceReady("w", workDir: nil, commit: nil) }
            #expect(try await store.read { try $0.workspace("w", in: .local)?.commit } == "abc")
            #expect(
                try await store.write { try $0.setWorkspaceStatus("gone", from: nil, to: .ready, error: nil) } == false
            )
        }
    }

    @Test("it cannot be deleted while it has sessions, hides while some are kept, and comes back with one")
    func deletion() async throws {
        try await withStore { store, _ in
            try await store.write { try $0.addSession(.sample("s")) }
            let error = await #expect(throws: StoreError.self) { try await store.write { try $0.deleteWorkspace("w") } }
            #expect(error?.fault.kind == .invalidState)
            try await store.write { try $0.keepSession("s", until: Timestamp.now.advanced(by: .seconds(60))) }
            #expect(try await store.write { try $0.deleteWorkspace("w") } == false)
            #expect(try await store.read { try $0.workspace("w", in: .local) } == nil)
            #expect(try await store.read { try $0.workspace("w", in: nil)?.id } == "w")
            #expect(try await store.write { try $0.removeHiddenWorkspace("w") } == false)
            #expect(try await store.write { try $0.restoreKept("s")?.status } == .stopped)
            #expect(try await store.read { try $0.workspace("w", in: .local)?.id } == "w")
            try await store.write { try $0.deleteSession("s") }
            #expect(try await store.write { try $0.removeHiddenWorkspace("w") } == false)
            #expect(try await store.write { try $0.deleteWorkspace("w") })
            #expect(try await store.read { try $0.workspace("w", in: nil) } == nil)
        }
    }

    private static func agent(
        _ id: AgentID,
        isDefault: Bool = false,
        command: [String]? = nil,
        after: Int64 = 0
    ) -> Agent {
        let moment = Timestamp(milliseconds: Timestamp.past.milliseconds + after)
        return Agent(
            id: id,
            projectID: .local,
            agentType: command == nil ? "demo" : "custom",
            command: command,
            isDefault: isDefault,
            createdAt: moment,
            updatedAt: moment
        )
    }

    @Test("the first agent is the default, one that asks takes over, and there is always one")
    func defaults() async throws {
        try await withStore { store, _ in
            let first = try await store.write { try $0.insertAgent(Self.agent("a")) }
            #expect(first.isDefault)
            let second = try await store.write { try $0.insertAgent(Self.agent("b", after: 1)) }
            #expect(!second.isDefault)
            _ = try await store.write {
                try $0.insertAgent(Self.agent("c", isDefault: true, command: ["x", "--y"], after: 2))
            }
            #expect(try await store.read { try $0.defaultAgent(in: .local)?.command } == ["x", "--y"])
            try await store.write { try $0.setDefaultAgent("b", in: .local) }
            #expect(try await store.read { try $0.defaultAgent(in: .local)?.id } == "b")
            try await store.write { try $0.deleteAgent("b") }
            #expect(try await store.read { try $0.defaultAgent(in: .local)?.id } == "a")
            try await store.write { try $0.deleteAgent("c") }
            try await store.write { try $0.deleteAgent("a") }
            #expect(try await store.read { try $0.defaultAgent(in: .local) } == nil)
        }
    }

    @Test("a deleted agent leaves its sessions")
    func agentOfSession() async throws {
        try await withStore { store, _ in
            _ = try await store.write { try $0.insertAgent(Self.agent("a")) }
            try await store.write {
                try $0.addSession(.sample("s"))
                try $0.setSessionAgent("s", to: "a")
            }
            #expect(try await store.read { try $0.session("s", in: .local)?.agentID } == "a")
            try await store.write { try $0.deleteAgent("a") }
            let session = try await store.read { try $0.session("s", in: .local) }
            #expect(session != nil && session?.agentID == nil)
        }
    }
}
