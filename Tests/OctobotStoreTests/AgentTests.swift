import OctobotModel
import OctobotStore
import Testing

@Suite("Stored agents", .timeLimit(.minutes(1)))
struct AgentTests {
    private static let servers = [
        MCPServer(
            name: "zeta",
            command: "mcp-zeta",
            args: ["--x", "ä \"quoted\""],
            env: [MCPVariable(name: "TOKEN", credential: "anthropic", prefix: "t:")]
        ),
        MCPServer(
            name: "alpha",
            transport: .sse,
            url: "https://example.org/",
            headers: [MCPVariable(name: "X", value: "")]
        ),
    ]

    private static func agent(_ id: AgentID) -> Agent {
        Agent(
            id: id,
            projectID: .local,
            agentType: "demo",
            mode: "plan",
            model: "demo:echo",
            systemPrompt: "Be brief.\nAlways.",
            mcpServers: servers,
            isDefault: true,
            createdAt: .past,
            updatedAt: .past
        )
    }

    @Test("come back whole, alone and in lists, their MCP servers in order")
    func roundTrip() async throws {
        try await withStore { store, _ in
            let stored = try await store.write { try $0.insertAgent(Self.agent("a")) }
            #expect(stored == Self.agent("a"))
            try await store.read { reader throws in
                #expect(try reader.agent("a", in: .local) == stored)
                #expect(try reader.agent("a", in: nil) == stored)
                #expect(try reader.defaultAgent(in: .local) == stored)
                #expect(try reader.agents(in: .local, page: PageRequest()).items == [stored])
            }
        }
    }

    @Test("have their settings replaced, and leave nothing behind")
    func settings() async throws {
        try await withStore { store, _ in
            _ = try await store.write { try $0.insertAgent(Self.agent("a")) }
            var changed = Self.agent("a")
            changed.mode = nil
            changed.systemPrompt = nil
            changed.model = "m"
            changed.mcpServers = [MCPServer(name: "zeta", transport: .http, url: "http://127.0.0.1:1/")]
            let expected = changed
            try await store.write { try $0.setAgentSettings(expected) }
            #expect(try await store.read { try $0.agent("a", in: .local) } == expected)
            try await store.write { try $0.setAgentProfile("a", to: AgentProfile(toldAt: .past)) }
            try await store.write { try $0.deleteAgent("a") }
            #expect(try await store.read { try $0.agentProfile("a") } == nil)
            _ = try await store.write { try $0.insertAgent(Self.agent("a")) }
            #expect(try await store.read { try $0.agent("a", in: .local)?.mcpServers } == Self.servers)
        }
    }

    @Test("are remembered with what they told last")
    func models() async throws {
        try await withStore { store, _ in
            _ = try await store.write { try $0.insertAgent(Self.agent("a")) }
            #expect(try await store.read { try $0.agentProfile("a") } == nil)
            let profile = AgentProfile(
                name: "Demo",
                version: "1",
                capabilities: ["image"],
                modes: [.init(id: "plan", name: "Plan")],
                models: [AgentModel(id: "demo:echo", name: "Echo", provider: "Demo", reasoning: true)],
                commands: ["review"],
                toldAt: .past
            )
            try await store.write { try $0.setAgentProfile("a", to: AgentProfile(toldAt: .past)) }
            try await store.write { try $0.setAgentProfile("a", to: profile) }
            #expect(try await store.read { try $0.agentProfile("a") } == profile)
        }
    }
}
