import AsyncHTTPClient
import Foundation
import JSONText
import NIOHTTP1
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Hooks of the workspace", .serialized, .timeLimit(.minutes(2)))
struct HookTests {
    private static func script(_ head: String, _ body: String) -> String {
        "#!/bin/sh\n#---\n# \(head.replacing("\n", with: "\n# "))\n#---\n\(body)\n"
    }

    private func write(_ files: [String: String], _ fixture: ServiceFixture) throws {
        for (name, text) in files {
            try fixture.repository.write(text, to: ".octobot/hooks/\(name)")
            chmod(fixture.repository.workspace + "/.octobot/hooks/\(name)", 0o755)
        }
    }

    /// The status once it fulfils a condition; hooks run behind the turn.
    private func status(
        _ service: RunningService,
        until isSo: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        while true {
            let status = try await service.send(.GET, "/hooks/status").body
            if isSo(status) { return status }
            await Task.yield()
        }
    }

    @Test("session hooks run at the start, blocking ones before anything is served, and what they do is on disk")
    func session() async throws {
        try await ServiceFixture.run(environment: ["SESSION_ID": "S1"]) { fixture in
            try await fixture.serving { _ in }
            try write(
                [
                    "b.sh": Self.script("type: session\nblocking: true", "env; echo $0 > ../blocking; exit 3"),
                    "a.sh": Self.script("type: session\nname: Later", "echo later"),
                    "root.sh": Self.script("type: session\nrun_as: root", "echo never"),
                    "odd.sh": Self.script("type: strange", "touch ../odd"),
                ],
                fixture
            )
            try await fixture.serving { service in
                #expect(FileManager.default.fileExists(atPath: fixture.repository.home + "/blocking"))
                let status = try await status(service) { status in
                    let hooks = status["hooks"]?.objectValue ?? [:]
                    return hooks.count == 3 && hooks.values.allSatisfy { $0["lastResult"] != "running" }
                }
                let blocking = try #require(status["hooks"]?["b"])
                #expect(blocking["lastResult"] == "failure" && blocking["lastExitCode"] == 3)
                #expect(blocking["hookName"] == "b.sh" && blocking["runCount"] == 1 && blocking["failCount"] == 1)
                #expect(status["hooks"]?["a"]?["hookName"] == "Later" && status["hooks"]?["a"]?["lastExitCode"] == 0)
                #expect(status["hooks"]?["root"]?["lastExitCode"] == 126)
                let output = try await service.send(.GET, "/hooks/b/output").body["output"]?.stringValue ?? ""
                #expect(output.contains("OCTOBOT_HOOK_TYPE=session\n") && output.contains("OCTOBOT_SESSION_ID=S1\n"))
                #expect(!output.contains("OCTOBOT_SECRET") && !output.contains(ServiceFixture.secret))
                let folder = fixture.repository.home + "/.octobot/S1/hooks"
                let stored = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: folder + "/status.json"))))
                #expect(stored["hooks"]?["a"]?["outputPath"]?.stringValue == folder + "/output/a.log")
                #expect(!FileManager.default.fileExists(atPath: fixture.repository.home + "/odd"))
            }
        }
    }

    @Test("file hooks run after a turn on what it changed, the first failure stops them, and they run again when asked")
    func files() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try write(
                    [
                        "1-lint.sh": Self.script(
                            "type: file\nname: Lint\npattern: *.txt",
                            "env; echo \"files:$OCTOBOT_CHANGED_FILES\"; test -e ok"
                        ),
                        "2-after.sh": Self.script("type: file\npattern: notes/*", "echo after"),
                        "3-none.sh": Self.script("type: file\npattern: *.go", "echo none"),
                    ],
                    fixture
                )
                let key = #"[{"envVar":"ANTHROPIC_API_KEY","value":"canary-key"}]"#
                _ = try await service.turn(
                    "t1",
                    "/write notes/plan.txt forty-two",
                    headers: ["X-Octobot-Credentials": key]
                )
                let first = try await status(service) { $0["hooks"]?["1-lint"]?["lastResult"] == "failure" }
                #expect(first["pendingHooks"] == ["1-lint", "2-after"] && first["hooks"]?["2-after"] == nil)
                #expect(first["lastEvaluatedAt"]?.stringValue?.isEmpty == false)
                let output = try await service.send(.GET, "/hooks/1-lint/output").body["output"]?.stringValue ?? ""
                #expect(output.contains("files:notes/plan.txt\n") && output.contains("OCTOBOT_HOOK_TYPE=file\n"))
                #expect(!output.contains("canary-key"))
                try fixture.repository.write("", to: "ok")
                let rerun = try await service.send(.POST, "/hooks/1-lint/rerun")
                #expect(rerun.status == 200 && rerun.body == ["success": true, "exitCode": 0])
                _ = try await service.turn("t2", "/write notes/more.txt x")
                let second = try await status(service) { $0["hooks"]?["2-after"]?["lastResult"] == "success" }
                #expect(second["hooks"]?["1-lint"]?["runCount"] == 3)
                #expect(second["hooks"]?["1-lint"]?["consecutiveFailures"] == 0 && second["hooks"]?["3-none"] == nil)
                _ = try await status(service) { $0["pendingHooks"] == [] }
                #expect(try await service.send(.POST, "/hooks/none/rerun").status == 404)
                #expect(try await service.send(.GET, "/hooks/..%2f..%2fx/output").body == ["output": ""])
            }
        }
    }

    @Test("a commit runs the script that was there, then the hooks, without credentials; the first failure stops it")
    func preCommit() async throws {
        try await ServiceFixture.run { fixture in
            let workspace = fixture.repository.workspace
            try await fixture.serving { _ in }
            let script = workspace + "/.git/hooks/pre-commit"
            try fixture.repository.write("#!/bin/sh\necho original\n", to: ".git/hooks/pre-commit")
            chmod(script, 0o755)
            let check = Self.script("type: pre-commit\nname: Check", "env; test -e ok || { echo not ok; exit 9; }")
            try write(["check.sh": check], fixture)
            var environment = ProcessInfo.processInfo.environment
            environment["HOME"] = fixture.repository.home
            environment["ANTHROPIC_API_KEY"] = "canary-key"
            func commit() async throws -> (status: Int32, text: String) {
                let result = try await Command.run(
                    "/usr/bin/git",
                    ["-c", "user.name=n", "-c", "user.email=e", "commit", "--allow-empty", "-m", "x"],
                    environment: environment,
                    directory: workspace
                )
                return (result.status, result.output + result.errors)
            }
            try await fixture.serving { service in
                let refused = try await commit()
                #expect(refused.status != 0 && refused.text.contains("original") && refused.text.contains("not ok"))
                #expect(!refused.text.contains("canary-key") && refused.text.contains("OCTOBOT_HOOK_TYPE=pre-commit"))
                try fixture.repository.write("", to: "ok")
                #expect(try await commit().status == 0)
                let status = try await service.send(.GET, "/hooks/status").body["hooks"]?["check"]
                #expect(status?["type"] == "pre-commit" && status?["lastResult"] == "success")
                #expect(status?["runCount"] == 2 && status?["failCount"] == 1)
                #expect(try await service.send(.POST, "/hooks/check/rerun").status == 404)
                try FileManager.default.removeItem(atPath: workspace + "/.octobot/hooks/check.sh")
            }
            try await fixture.serving { _ in }
            #expect(try String(contentsOfFile: script, encoding: .utf8) == "#!/bin/sh\necho original\n")
        }
    }

    @Test("where a sandbox is not isolated there are no hooks")
    func disabled() async throws {
        try await ServiceFixture.run(environment: ["OCTOBOT_ISOLATION": "none"]) { fixture in
            try await fixture.serving { _ in }
            try write(["a.sh": Self.script("type: session", "touch ../ran")], fixture)
            try await fixture.serving { service in
                let status = try await service.send(.GET, "/hooks/status").body
                #expect(status == ["hooks": [:], "pendingHooks": [], "lastEvaluatedAt": ""])
                let output = try await service.send(.GET, "/hooks/a/output")
                #expect(output.status == 404 && output.body["error"] == "Hooks not enabled")
                #expect(!FileManager.default.fileExists(atPath: fixture.repository.home + "/ran"))
            }
        }
    }
}
