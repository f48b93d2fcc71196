import ArgumentParser
import Foundation
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctoctlCommands

@Suite("an agent's options", .timeLimit(.minutes(1)))
struct AgentOptionsTests {
    static let servers: [(String, MCPServer)] = [
        ("files=mcp-files --root .", MCPServer(name: "files", command: "mcp-files", args: ["--root", "."])),
        ("a=/opt/x=y", MCPServer(name: "a", command: "/opt/x=y", args: [])),
        ("a=https://h/?q=1", MCPServer(name: "a", transport: .http, url: "https://h/?q=1")),
        ("a=sse:http://h/", MCPServer(name: "a", transport: .sse, url: "http://h/")),
    ]

    @Test("an MCP server is a program with its arguments or a URL", arguments: servers)
    func server(text: String, expected: MCPServer) throws {
        #expect(try MCPServer(option: text) == expected)
    }

    @Test("what names no server is refused", arguments: ["", "files", "=x", "a=", "a=   "])
    func refused(text: String) {
        #expect(throws: Failure.self) { try MCPServer(option: text) }
    }

    @Test("servers come from a file as JSON, and more from options")
    func file() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "servers.json").path
            let json = """
                [{"name":"far","transport":"http","url":"https://h/",
                  "headers":[{"name":"Authorization","credential":"openai","prefix":"Bearer "}]}]
                """
            try Data(json.utf8).write(to: URL(filePath: path))
            let arguments = ["agent", "create", "demo", "--mcp-servers", path, "--mcp-server", "near=x"]
            let command = try #require(try Octoctl.parseAsRoot(arguments) as? AgentCreate)
            let servers = try #require(try command.settings.mcpServers())
            #expect(servers.map(\.name) == ["far", "near"])
            #expect(servers[0].credentials == ["openai"])
            try Data("[{}]".utf8).write(to: URL(filePath: path))
            #expect(throws: Failure.self) { try command.settings.mcpServers() }
        }
    }

    @Test("an update says what it changes, and not both ways")
    func update() throws {
        let arguments = ["agent", "update", "a1", "--mode", "plan", "--clear", "model", "--clear", "mcp-servers"]
        let command = try #require(try Octoctl.parseAsRoot(arguments) as? AgentUpdate)
        #expect(command.agent == "a1" && command.settings.mode == "plan" && command.clear == [.model, .mcpServers])
        for wrong in [
            [], ["--mode", "plan", "--clear", "mode"], ["--system-prompt", "a", "--system-prompt-file", "b"],
        ] {
            #expect(throws: (any Error).self) { try Octoctl.parseAsRoot(["agent", "update", "a1"] + wrong) }
        }
    }
}
