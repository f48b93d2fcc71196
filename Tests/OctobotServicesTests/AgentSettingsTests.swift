import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotServices
import OctobotStore
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@Suite("How agents are set up", .timeLimit(.minutes(3)))
struct AgentSettingsTests {
    private static let servers = [
        MCPServer(name: "files", command: "mcp-files", args: ["--root", "."]),
        MCPServer(
            name: "docs",
            transport: .http,
            url: "https://mcp.example.org/",
            headers: [MCPVariable(name: "Authorization", credential: "anthropic", prefix: "Bearer ")]
        ),
    ]

    private static func agentEvents(_ life: Life) async throws -> [String] {
        try await life.store.read { reader in
            try reader.events(project: .local, after: 0, limit: 500).filter { $0.type == .agentUpdated }
                .compactMap { $0.data["status"]?.stringValue }
        }
    }

    @Test("an update changes what it names, is one event, and none when it changes nothing")
    func update() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let agents = life.services.agents
                let made = try await agents.create(
                    CreateAgent.Params(agentType: "demo", mode: "plan", systemPrompt: "Be brief."),
                    life.call
                )
                #expect(made.mode == "plan" && made.mcpServers.isEmpty)
                let change = UpdateAgent.Params(
                    agentID: made.id,
                    model: .value("demo:echo"),
                    systemPrompt: .null,
                    mcpServers: Self.servers
                )
                let changed = try await agents.update(change, life.call)
                #expect(changed.mode == "plan" && changed.model == "demo:echo" && changed.systemPrompt == nil)
                #expect(changed.mcpServers == Self.servers)
                #expect(try await agents.update(change, life.call) == changed)
                var shown = try await agents.get(GetAgent.Params(agentID: made.id), life.call)
                #expect(shown.state == AgentState(installed: true, credential: .notNeeded))
                shown.state = nil
                #expect(shown == changed)
                #expect(try await agents.list(ListAgents.Params(), life.call).items == [changed])
                #expect(try await Self.agentEvents(life) == ["created", "updated"])
                let missing = await fault {
                    _ = try await agents.update(UpdateAgent.Params(agentID: "x", mode: .null), life.call)
                }
                #expect(missing?.kind == .notFound)
                let foreign = await fault {
                    let params = UpdateAgent.Params(projectID: "other", agentID: made.id, mode: .null)
                    _ = try await agents.update(params, life.call)
                }
                #expect(foreign?.kind == .notFound)
            }
        }
    }

    static let refused: [(MCPServer, MCPServer?, String, String)] = [
        (MCPServer(name: "a", command: "x"), MCPServer(name: "A", command: "y"), "/mcpServers/1/name", "unique"),
        (MCPServer(name: "a", command: "x\0"), nil, "/mcpServers/0/command", "pattern"),
        (MCPServer(name: "a", command: "x", args: ["y", "\0"]), nil, "/mcpServers/0/args/1", "pattern"),
        (
            MCPServer(
                name: "a",
                command: "x",
                env: [MCPVariable(name: "K", value: ""), MCPVariable(name: "K", value: "")]
            ), nil, "/mcpServers/0/env/1/name", "unique"
        ),
        (
            MCPServer(
                name: "a",
                transport: .http,
                url: "https://h/",
                headers: [MCPVariable(name: "X-a", value: ""), MCPVariable(name: "x-A", value: "")]
            ), nil, "/mcpServers/0/headers/1/name", "unique"
        ),
        (
            MCPServer(name: "a", command: "x", env: [MCPVariable(name: "K", value: "a\0b")]), nil,
            "/mcpServers/0/env/0/value", "pattern"
        ),
        (
            MCPServer(
                name: "a",
                transport: .sse,
                url: "https://h/",
                headers: [MCPVariable(name: "K", credential: "openai", prefix: "a\r\nB: ")]
            ), nil, "/mcpServers/0/headers/0/prefix", "pattern"
        ),
        (MCPServer(name: "a", transport: .http, url: "ftp://h/"), nil, "/mcpServers/0/url", "format"),
        (MCPServer(name: "a", transport: .sse, url: "http:///x"), nil, "/mcpServers/0/url", "format"),
        (MCPServer(name: "a", transport: .http, url: "https://u:p@h/"), nil, "/mcpServers/0/url", "format"),
        (MCPServer(name: "a", transport: .http, url: "https://h/ x"), nil, "/mcpServers/0/url", "format"),
        (MCPServer(name: "a", transport: .http, url: "https://h/#x"), nil, "/mcpServers/0/url", "format"),
        (
            MCPServer(name: "a", command: "x", args: Array(repeating: String(repeating: "y", count: 4096), count: 65)),
            nil, "/mcpServers", "maxLength"
        ),
    ]

    @Test("what the schema cannot say of MCP servers is checked", arguments: refused)
    func check(first: MCPServer, second: MCPServer?, pointer: String, rule: String) async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { (life) async throws in
                let servers = [first, second].compactMap { $0 }
                let error = await fault {
                    let params = CreateAgent.Params(agentType: "demo", mcpServers: servers)
                    _ = try await life.services.agents.create(params, life.call)
                }
                #expect(error?.kind == .invalidParams)
                #expect(error?.details["pointer"] == .string(pointer))
                #expect(error?.details["rule"] == .string(rule))
                #expect(try await life.services.agents.list(ListAgents.Params(), life.call).items.isEmpty)
            }
        }
    }

    @Test("a turn is handed over with the agent's settings as they are now, its secrets opened")
    func delivery() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = try #require(session.agentID)
                let change = UpdateAgent.Params(
                    agentID: agent,
                    mode: .value("plan"),
                    model: .value("demo:shout"),
                    mcpServers: Self.servers
                )
                _ = try await life.services.agents.update(change, life.call)
                let poor = try await life.send("one", to: session.id)
                let failed = try await life.ended(poor.turnID, in: session.id)
                #expect(failed.state == .failed)
                #expect(
                    failed.reason == """
                        The agent's MCP server 'docs' needs the credential 'anthropic', which this project does not \
                        have. Set the credential, or change the agent's MCP servers.
                        """
                )
                let secret = SetCredential.Params(provider: "anthropic", apiKey: "sk-canary")
                _ = try await life.services.credentials.set(secret, life.call)
                let rich = try await life.send("two", to: session.id)
                #expect(try await life.ended(rich.turnID, in: session.id).state == .completed)
                let prompt = try #require(house.mock.agent(of: session.id).prompts.last)
                #expect(prompt.model == "demo:shout")
                #expect(
                    prompt.settings
                        == AgentSettings(
                            mode: "plan",
                            mcpServers: [
                                .init(
                                    name: "files",
                                    access: .program(
                                        command: "mcp-files",
                                        arguments: ["--root", "."],
                                        environment: []
                                    )
                                ),
                                .init(
                                    name: "docs",
                                    access: .http(
                                        url: "https://mcp.example.org/",
                                        headers: [
                                            .init(name: "Authorization", value: "Bearer sk-canary", isSecret: true)
                                        ]
                                    )
                                ),
                            ]
                        )
                )
                let seen = try await life.services.agents.get(GetAgent.Params(agentID: agent), life.call)
                #expect(seen.mcpServers == Self.servers)
            }
        }
    }

    @Test("models are those of a sandbox that runs, else those told last; nothing is started for them")
    func models() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = GetAgent.Params(agentID: try #require(session.agentID))
                let mock = house.mock.agent(of: session.id)
                #expect(try await life.services.agentModels.models(agent, life.call).items.isEmpty)
                mock.setModels([.init(id: "demo:echo", displayName: "Echo", provider: "Demo", reasoning: true)])
                let expected = [AgentModel(id: "demo:echo", name: "Echo", provider: "Demo", reasoning: true)]
                #expect(try await life.services.agentModels.models(agent, life.call).items == expected)
                let target = SessionTarget(sessionID: session.id)
                #expect(try await life.services.agentModels.models(target, life.call).items == expected)
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                mock.setModels([])
                #expect(try await life.services.agentModels.models(agent, life.call).items == expected)
                #expect(try await life.services.agentModels.models(target, life.call).items == expected)
                #expect(try await life.session(session.id).status == .stopped)
                let events = try await Self.agentEvents(life)
                #expect(events == ["created"])
                let missing = await fault {
                    _ = try await life.services.agentModels.models(GetAgent.Params(agentID: "x"), life.call)
                }
                #expect(missing?.kind == .notFound)
            }
        }
    }

    @Test("what an agent says about itself is learnt from its turns")
    func learnt() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let agent = try #require(session.agentID)
                house.mock.agent(of: session.id).setModels(
                    [.init(id: "demo:echo", displayName: "Echo", provider: "Demo", reasoning: false)],
                    report: AgentReport(
                        name: "Demo",
                        version: "7",
                        capabilities: ["image"],
                        modes: [.init(id: "plan", name: "Plan")],
                        commands: ["review"]
                    )
                )
                let target = GetAgent.Params(agentID: agent)
                #expect(try await life.services.agents.get(target, life.call).state?.profile == nil)
                let turn = try await life.send("one", to: session.id)
                _ = try await life.ended(turn.turnID, in: session.id)
                // It is asked beside the turns, and that is no event.
                while try await life.services.agents.get(target, life.call).state?.profile == nil { await Task.yield() }
                let profile = try await life.services.agents.get(target, life.call).state?.profile
                #expect(profile?.models.map(\.name) == ["Echo"])
                #expect(profile?.name == "Demo" && profile?.version == "7" && profile?.capabilities == ["image"])
                #expect(profile?.modes == [.init(id: "plan", name: "Plan")] && profile?.commands == ["review"])
            }
        }
    }

    @Test("a session that nobody named is called what its agent calls it; a person's name stays")
    func title() async throws {
        try await withHouse { house in
            house.mock.script = { prompt in
                let chunk = #"{"type":"data-session-info","data":{"title":"About\n \#(prompt.text)"},"transient":true}"#
                return [.chunk(#"{"type":"start","messageId":"m"}"#), .chunk(chunk)] + MockStep.answer("x").dropFirst()
            }
            try await house.live { life in
                let session = try await life.makeSession().id
                let first = try await life.send("fish", to: session)
                _ = try await life.ended(first.turnID, in: session)
                #expect(try await life.session(session).name == "About fish")
                let second = try await life.send("birds", to: session)
                _ = try await life.ended(second.turnID, in: session)
                #expect(try await life.session(session).name == "About fish")
            }
        }
    }

    @Test("an agent without a credential says so, with what to do; with one it does not")
    func readiness() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let agents = life.services.agents
                let made = try await agents.create(CreateAgent.Params(agentType: "mistral-vibe"), life.call)
                let target = GetAgent.Params(agentID: made.id)
                let before = try await agents.get(target, life.call).state
                #expect(before?.credential == .missing && before?.installed == nil)
                #expect(before?.advice.count == 1 && before?.advice.first?.contains("MISTRAL_API_KEY") == true)
                _ = try await life.services.credentials.set(
                    SetCredential.Params(provider: "mistral", apiKey: "k-1234"),
                    life.call
                )
                let after = try await agents.get(target, life.call).state
                #expect(after == AgentState(installed: nil, credential: .present))
            }
        }
    }

    @Test("the catalogue has every type, its command and whose credentials it takes; unknown is not claimed")
    func types() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let types = try await life.services.agents.types(ListAgentTypes.Params(), life.call).items
                #expect(types.map(\.id) == AgentCatalogue.all.map(\.id))
                let demo = try #require(types.first { $0.id == "demo" })
                #expect(demo.installed == true && demo.allowNoAuth == true)
                let codex = try #require(types.first { $0.id == "codex" })
                #expect(codex.installed == nil)
                #expect(codex.supportedAuthProviders == ["codex", "openai"])
                let known = try await life.services.agents.authProviders(ListAuthProviders.Params(), life.call).items
                for type in types where type.id != "custom" {
                    #expect(type.command?.isEmpty == (type.id == "demo" ? nil : false))
                    #expect(Set(type.supportedAuthProviders ?? []).isSubset(of: known.map(\.id)))
                }
            }
        }
    }
}
