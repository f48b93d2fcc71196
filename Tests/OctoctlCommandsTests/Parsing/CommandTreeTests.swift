import ArgumentParser
import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("the command line", .timeLimit(.minutes(1)))
struct CommandTreeTests {
    /// `setDefault` is written `set-default`.
    private static func kebab(_ name: String) -> String {
        name.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
    }

    private static func names(_ command: any ParsableCommand.Type) -> Set<String> {
        let configuration = command.configuration
        let own = configuration.commandName ?? String(describing: command).lowercased()
        return Set([own] + configuration.aliases)
    }

    @Test("every operation is a command, with the words of its name")
    func everyOperation() throws {
        for operation in Operations.all where operation.noun != "rpc" {
            var command: any ParsableCommand.Type = Octoctl.self
            for word in operation.name.split(separator: ".").map({ Self.kebab(String($0)) }) {
                command = try #require(
                    command.configuration.subcommands.first { Self.names($0).contains(word) },
                    "\(operation.name)"
                )
            }
        }
    }

    @Test(
        "what people do most has a short name",
        arguments: [
            "chat", "diff", "commit", "approvals", "jobs", "events", "doctor", "call", "schema", "socket", "config",
            "completion", "version",
        ]
    )
    func shortNames(name: String) {
        #expect(Octoctl.configuration.subcommands.contains { Self.names($0).contains(name) })
    }

    @Test("every command says what it does, in a sentence")
    func abstracts() {
        var commands = Octoctl.configuration.subcommands
        while let command = commands.popLast() {
            commands += command.configuration.subcommands
            #expect(command.configuration.abstract.hasSuffix("."), "\(command)")
        }
    }

    @Test(
        "the global options stand before or after the command",
        arguments: [
            ["--output", "json", "--no-spawn", "--socket", "/s", "--project", "p", "session", "list"],
            ["session", "list", "--output", "json", "--no-spawn", "--socket", "/s", "--project", "p"],
            ["session", "-o", "json", "list", "--socket=/s", "--no-spawn", "--project=p"],
        ]
    )
    func globalOptions(arguments: [String]) throws {
        let command = try #require(try Octoctl.parseAsRoot(arguments) as? SessionList)
        #expect(command.global.output == .json)
        #expect(command.global.isSpawnForbidden)
        #expect(command.global.socket == "/s")
        #expect(command.global.projectID == "p")
    }

    @Test("chat means chat send, with its options before and after the prompt")
    func chat() throws {
        let arguments = ["chat", "-w", ".", "--agent", "demo", "fix the tests", "--approve", "-o", "ndjson"]
        let command = try #require(try Octoctl.parseAsRoot(arguments) as? ChatSend)
        #expect(command.prompt == ["fix the tests"])
        #expect(command.options.workspace == ".")
        #expect(command.options.agent == "demo")
        #expect(command.options.decision.decision == .approve)
        #expect(command.global.output == .ndjson)
        let plain = try #require(try Octoctl.parseAsRoot(["chat", "--session", "s1", "go", "on"]) as? ChatSend)
        #expect(plain.prompt == ["go", "on"] && plain.options.session == "s1")
        let piped = try #require(try Octoctl.parseAsRoot(["chat", "-"]) as? ChatSend)
        #expect(piped.prompt == ["-"])
        #expect(try Octoctl.parseAsRoot(["chat", "status", "s1"]) is ChatStatusCommand)
        let named = try #require(try Octoctl.parseAsRoot(["chat", "send", "status"]) as? ChatSend)
        #expect(named.prompt == ["status"])
        let dashed = try #require(try Octoctl.parseAsRoot(["chat", "--", "--help", "me"]) as? ChatSend)
        #expect(dashed.prompt == ["--help", "me"])
    }

    @Test("a custom agent's command follows two dashes")
    func customAgent() throws {
        let arguments = ["agent", "create", "custom", "--default", "--", "my-agent", "--acp"]
        let command = try #require(try Octoctl.parseAsRoot(arguments) as? AgentCreate)
        #expect(command.type == "custom" && command.isDefault && command.command == ["my-agent", "--acp"])
    }

    /// Parses, and runs what needs no daemon.
    private func run(_ arguments: [String]) async throws -> (Int32, ConsoleRecording) {
        try await ConsoleRecording.of { console in
            do {
                var command = try Octoctl.parseAsRoot(arguments)
                if !(command is any AsyncParsableCommand) { try command.run() }
                return 0
            } catch {
                return OctoctlProgram.report(error, on: console)
            }
        }
    }

    @Test("wrong usage ends with 64, asking for help with 0")
    func usage() async throws {
        let wrong = [
            ["nonsense"], ["workspace", "create"], ["session", "list", "--limit", "many"], ["chat", "-o", "xml", "hi"],
            ["chat", "--approve", "--deny", "hi"], ["call"], ["workspace", "update", "."], ["completion", "tcsh"],
        ]
        for arguments in wrong {
            let (status, recording) = try await run(arguments)
            #expect(status == 64, "\(arguments)")
            #expect(recording.output.isEmpty && !recording.errors.isEmpty, "\(arguments)")
        }
        for arguments in [["--help"], ["chat", "--help"], ["session", "get", "-h"], ["--version"], ["session"]] {
            let (status, recording) = try await run(arguments)
            #expect(status == 0, "\(arguments)")
            #expect(!recording.output.isEmpty && recording.errors.isEmpty, "\(arguments)")
        }
    }
}
