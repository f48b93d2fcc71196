import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Secrets of people: given to the coding agent with a turn, and found nowhere else.
@Suite("credentials", .serialized, .timeLimit(.minutes(5)))
struct CredentialTests {
    private static let path = "/api/projects/local/credentials"

    @Test(
        "canary secrets reach the agent and are in clear nowhere else: files, arguments, environments, answers, logs",
        arguments: SandboxKind.usable
    )
    func canaries(kind: SandboxKind) async throws {
        try await kind.withSandboxes(["OCTOBOT_LOG_LEVEL": "trace"]) { daemon, engine in
            let canary = "canary-" + UUID().uuidString
            let key = "sk-proj-\(canary)-key"
            let login = "sk-ant-oat01-\(canary)-login"
            let replaced = "ghp_\(canary)-replaced"
            let token = "ghp_\(canary)-token"
            let traces = Traces(of: [key, login, replaced, token, canary])
            let browser = Browser(base: try await daemon.gateway())
            var answers: [String] = []
            func note(_ answer: Browser.Answer, _ status: Int) {
                #expect(answer.status == status, "\(answer.text)")
                answers.append(answer.text + "\(answer.fields)")
            }
            note(try await browser.send("POST", Self.path, ["provider": "openai", "apiKey": .string(key)]), 200)
            note(
                try await browser.send(
                    "POST",
                    Self.path + "/anthropic/exchange",
                    ["code": .string(login), "verifier": ""]
                ),
                200
            )
            for secret in [replaced, token] {
                let body: JSONValue = [
                    "provider": "github-copilot", "name": "Mine", "authType": "api_key", "apiKey": .string(secret),
                ]
                note(try await browser.send("POST", Self.path, body), 200)
            }
            // Everything that is refused: with the secret where it belongs, and in the wrong place.
            let refused: [JSONValue] = [
                ["apiKey": .string(key)], ["provider": "none", "apiKey": .string(key)],
                ["provider": .string(key), "apiKey": .string(key)],
                ["provider": "openai", "apiKey": [.string(key)]],
                ["provider": "openai", "apiKey": .string(key + "\n")],
                ["provider": "openai", "apiKey": .string(String(repeating: key, count: 1000))],
                ["provider": "openai", "authType": "oauth", "apiKey": .string(key)],
            ]
            for body in refused { note(try await browser.send("POST", Self.path, body), 400) }
            let broken = Array("{\"apiKey\":\"\(key)".utf8)
            let json = [("Content-Type", "application/json")]
            note(try await browser.send("POST", Self.path, fields: json, raw: broken), 400)
            note(try await browser.send("GET", Self.path), 200)
            note(try await browser.send("GET", Self.path + "/openai"), 200)
            note(try await browser.send("POST", Self.path + "/openai/refresh"), 409)

            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.keyedSession(of: repository)
            let given = try await peer.credentials(givenTo: session)
            #expect(given["OPENAI_API_KEY"] == (try await KeyedAgent.digest(key)))
            #expect(given["CLAUDE_CODE_OAUTH_TOKEN"] == (try await KeyedAgent.digest(login)))
            #expect(given["GITHUB_TOKEN"] == (try await KeyedAgent.digest(token)))
            #expect(given["ANTHROPIC_API_KEY"] == nil && given["CODEX_API_KEY"] == nil)

            // What others run in the sandbox while the agent lives.
            let exec = try await peer.call("session.exec", ["sessionId": session, "argv": ["/usr/bin/env"]])
            #expect(exec["exitCode"] == 0, "\(exec)")
            answers.append(String(decoding: exec.serialized(), as: UTF8.self))
            _ = try await peer.call(
                "terminal.open",
                ["sessionId": session, "id": "t", "rows": 24, "cols": 80, "command": ["/bin/sh"]]
            )
            for method in ["job.list", "session.list", "agent.list", "credential.list", "system.config"] {
                answers.append(String(decoding: try await peer.call(method).serialized(), as: UTF8.self))
            }
            answers.append((try await browser.send("GET", "/api/support-info")).text)
            for answer in answers { #expect(!traces.isIn(answer), "\(answer)") }

            if let engine {
                let shell: JSONValue = ["sessionId": session, "id": "r", "rows": 24, "cols": 80, "root": true]
                _ = try await peer.call("terminal.open", shell)
                try await Self.searchEngine(engine, of: session, traces)
            }

            let running = traces.processes {
                $0.contains(KeyedAgent.name) && !$0.contains("octobot-agent serve")
            }
            #expect(running.exempt >= 1, "the agent lives while it is looked for")
            #expect(running.searched > 5)
            #expect(running.found == [])
            for isStopped in [false, true] {
                if isStopped { await daemon.stop() }
                let files = traces.files(below: daemon.folder)
                #expect(files.searched > 20)
                #expect(files.found == [])
            }
            // Whoever made the daemon asks it what to clear away.
            try await daemon.start()
            #expect(daemon.log.contains(" debug ") || daemon.log.contains(" trace "))
        }
    }

    /// What an engine knows of a sandbox and keeps of it: description, log, volumes, and root's environment in it.
    private static func searchEngine(_ engine: TestEngine, of session: JSONValue, _ traces: Traces) async throws {
        let container = SandboxKind.container(session)
        let volume = "octobot-data-\(session.stringValue ?? "")"
        let told = [
            ["inspect", container], ["logs", container], ["volume", "inspect", volume],
            ["top", container, "-eo", "pid,args"],
            ["exec", "--user", "0", container, "env"], ["exec", container, "env"],
        ]
        for arguments in told {
            let text = try await engine.docker(arguments: arguments)
            #expect(!traces.isIn(text), "\(arguments)")
        }
        for place in ["containers", "volumes"] {
            let files = traces.files(below: engine.folder.appending(path: "data/\(place)"))
            #expect(files.searched > 0, "\(place)")
            #expect(files.found == [])
        }
    }

    @Test("a deleted credential is gone with the next turn, a new one is there; a key rotation disturbs nobody")
    func changes() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.keyedSession(of: repository)
            #expect(try await peer.credentials(givenTo: session) == [:])
            _ = try await peer.call("credential.set", ["provider": "codex", "apiKey": "first"])
            let first = try await KeyedAgent.digest("first")
            #expect(try await peer.credentials(givenTo: session) == ["CODEX_API_KEY": first])

            let before = try Self.keys(of: daemon)
            let rotated = try await peer.call("system.keys.rotate")
            #expect(rotated == ["moved": 1, "unreadable": 0])
            let after = try Self.keys(of: daemon)
            #expect(before.count == 1 && after.count == 1 && before != after)
            #expect(try await peer.credentials(givenTo: session) == ["CODEX_API_KEY": first])

            await daemon.kill()
            try await daemon.start()
            let again = try daemon.connect()
            #expect(try await again.credentials(givenTo: session) == ["CODEX_API_KEY": first])
            _ = try await again.call("credential.delete", ["provider": "codex"])
            #expect(try await again.credentials(givenTo: session) == [:])
        }
    }

    @Test("a rotation that dies in the middle goes on at the next start; offline it does the same")
    func interrupted() async throws {
        try await withDaemon { daemon in
            let peer = try daemon.connectUnwatched()
            let providers = ["anthropic", "openai", "codex", "github-copilot"]
            for number in 0..<25 {
                let project = try await peer.call("project.create", ["name": .string("p\(number)")])
                for provider in providers {
                    _ = try await peer.call(
                        "credential.set",
                        ["projectId": project["id"] ?? .null, "provider": .string(provider), "apiKey": "secret"]
                    )
                }
            }
            for _ in 0..<3 {
                let old = try Self.keys(of: daemon)
                let caller = try daemon.connectUnwatched()
                async let rotation = try? caller.call("system.keys.rotate")
                // Two keys stand in the file from the first moment of a rotation to its last.
                while try Self.keys(of: daemon) == old { await Task.yield() }
                await daemon.kill()
                _ = await rotation
                #expect(try !Self.keys(of: daemon).isEmpty)
                try await daemon.start()
            }
            let old = try Self.keys(of: daemon)
            await daemon.stop()
            let offline = try await Command.run(Products.octobotd, ["keys", "rotate"], environment: daemon.environment)
            #expect(offline.status == 0, "\(offline)")
            #expect(offline.output == "Sealed 100 secrets with a new key.\n")
            let new = try Self.keys(of: daemon)
            #expect(new.count == 1 && new != old)
            try await daemon.start()
            let online = try await Command.run(Products.octobotd, ["keys", "rotate"], environment: daemon.environment)
            #expect(online.status == 0, "\(online)")
            #expect(online.output == "Sealed 100 secrets with a new key.\n")
        }
    }

    private static func keys(of daemon: TestDaemon) throws -> [Substring] {
        let state = daemon.environment["XDG_STATE_HOME"] ?? ""
        return try String(contentsOfFile: state + "/octobot/key", encoding: .utf8).split(separator: "\n")
    }

    @Test("octoctl takes a secret from standard input, shows none, and says what is there")
    func octoctl() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            func octoctl(_ arguments: String..., input: String? = nil) async throws -> Command.Result {
                try await Command.run(Products.octoctl, arguments, environment: daemon.environment, input: input)
            }
            let set = try await octoctl("credential", "set", "openai", "--name", "Work", input: "sk-0123456789\n")
            #expect(set.status == 0, "\(set)")
            #expect(!(set.output + set.errors).contains("0123456789"))
            let list = try await octoctl("credential", "list", "--output", "json")
            let item = try JSONValue(parsing: Array(list.output.utf8))["items"]?[0]
            #expect(item?["provider"] == "openai" && item?["name"] == "Work" && item?["authType"] == "api_key")
            #expect(try await octoctl("credential", "set", "openai", input: " \n").status == 64)
            #expect(try await octoctl("credential", "set", "nobody", input: "x").status == 64)
            #expect(try await octoctl("credential", "get", "openai").status == 0)
            #expect(try await octoctl("credential", "refresh", "openai").status == 4)
            #expect(try await octoctl("credential", "delete", "openai").status == 0)
            #expect(try await octoctl("credential", "get", "openai").status == 3)
            #expect(try await octoctl("system", "keys", "rotate").output.contains("moved"))
        }
    }
}
