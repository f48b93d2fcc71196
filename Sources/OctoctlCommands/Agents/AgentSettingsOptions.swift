import ArgumentParser
import JSONText
import OctobotModel

/// What `agent create` and `agent update` set.
struct AgentSettingsOptions: ParsableArguments {
    @Option(help: "The mode its sessions are put in, such as plan.")
    var mode: String?

    @Option(help: "The model of prompts that name none, as in 'octoctl model list'.")
    var model: String?

    @Option(help: ArgumentHelp("Instructions above every conversation with it.", valueName: "text"))
    var systemPrompt: String?

    @Option(
        help: ArgumentHelp("Take the instructions from a file; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var systemPromptFile: String?

    @Option(
        name: .customLong("mcp-server"),
        help: ArgumentHelp(
            "An MCP server: a program with its arguments, or a URL; sse:URL for the old way. May be repeated.",
            valueName: "name=what"
        )
    )
    var servers: [String] = []

    @Option(
        name: .customLong("mcp-servers"),
        help: ArgumentHelp("MCP servers as a JSON array in a file; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var serverFile: String?

    func validate() throws {
        if systemPrompt != nil, systemPromptFile != nil {
            throw ValidationError("Give --system-prompt or --system-prompt-file, not both.")
        }
        if systemPromptFile == "-", serverFile == "-" {
            throw ValidationError("Standard input can be the system prompt or the MCP servers, not both.")
        }
    }

    /// The instructions; `nil` when none were given.
    func instructions() throws -> String? {
        guard let systemPromptFile else { return systemPrompt }
        let bytes = try InputLimit.read(systemPromptFile == "-" ? nil : systemPromptFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("'\(systemPromptFile)' is no text.", status: .usage)
        }
        return text
    }

    /// The servers, those of the file first; `nil` when none were given.
    func mcpServers() throws -> [MCPServer]? {
        guard serverFile != nil || !servers.isEmpty else { return nil }
        return try fromFile() + servers.map(MCPServer.init(option:))
    }

    private func fromFile() throws -> [MCPServer] {
        guard let serverFile else { return [] }
        let bytes = try InputLimit.read(serverFile == "-" ? nil : serverFile)
        do {
            return try JSONCoding.decode([MCPServer].self, from: bytes)
        } catch {
            throw Failure(
                "'\(serverFile)' is no JSON array of MCP servers: \(error)",
                hint: "'octoctl schema agent.update' shows what one looks like.",
                status: .usage
            )
        }
    }
}

extension MCPServer {
    /// Reads `NAME=PROGRAM ARGUMENT…`, `NAME=http(s)://…` or `NAME=sse:http(s)://…`.
    init(option: String) throws {
        guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
            throw Failure(
                "'\(option)' is no MCP server: it has no name.",
                hint: "--mcp-server NAME=PROGRAM, or --mcp-server NAME=https://HOST/PATH",
                status: .usage
            )
        }
        let name = String(option[..<equals])
        let what = option[option.index(after: equals)...]
        let isURL = { (text: Substring) in text.hasPrefix("http://") || text.hasPrefix("https://") }
        if isURL(what) {
            self.init(name: name, transport: .http, url: String(what))
        } else if what.hasPrefix("sse:"), isURL(what.dropFirst(4)) {
            self.init(name: name, transport: .sse, url: String(what.dropFirst(4)))
        } else {
            // Quotes mean nothing here: what needs them goes into a file.
            let words = what.split(separator: " ").map(String.init)
            guard let program = words.first else {
                throw Failure("The MCP server '\(name)' has neither a program nor a URL.", status: .usage)
            }
            self.init(name: name, command: program, args: Array(words.dropFirst()))
        }
    }

    /// Where it is, for people.
    var place: String {
        switch transport {
        case .stdio: ([command ?? ""] + (args ?? [])).joined(separator: " ")
        case .http: url ?? ""
        case .sse: "sse:" + (url ?? "")
        }
    }
}
