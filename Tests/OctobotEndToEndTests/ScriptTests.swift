import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Services and hooks of a workspace, from its files to browsers and `octoctl` (rest-api.md §15, §16).
@Suite("services and hooks of a sandbox", .serialized, .timeLimit(.minutes(5)))
struct ScriptTests {
    private func octoctl(_ files: SessionFiles, _ arguments: [String]) async throws -> Command.Result {
        try await Command.run(Products.octoctl, arguments, environment: files.daemon.environment)
    }

    /// Writes a script that can be executed.
    private func write(_ path: String, _ text: String, _ files: SessionFiles) async throws {
        #expect(try await files.write(path, text).status == 200)
        #expect(try await octoctl(files, ["exec", files.session, "--", "chmod", "755", path]).status == 0)
    }

    @Test("a service is listed, started, read and stopped, with children that ignore SIGTERM, within three seconds")
    func service() async throws {
        try await withFiles { files in
            let base = "/api/projects/local/sessions/\(files.session)/services"
            let script = """
                #!/bin/sh
                #---
                # name: Web
                # http: 8000
                #---
                trap '' TERM
                setsid sh -c 'trap "" TERM; echo $$ > /tmp/deaf; echo up; sleep 600' &
                wait
                sleep 600
                """
            try await write(".octobot/services/web.sh", script, files)
            let declared = try await files.browser.send("GET", base)
            #expect(declared.status == 200 && declared.json["services"]?[0]?["status"] == "stopped", "\(declared.text)")
            let started = try await files.browser.send("POST", base + "/web/start")
            #expect(started.status == 202 && started.json == ["status": "starting", "serviceId": "web"])
            #expect(try await files.browser.send("POST", base + "/web/start").status == 409)
            #expect(try await files.browser.send("POST", base + "/none/start").status == 404)
            let up = ["exec", files.session, "--", "sh", "-c", "while [ ! -s /tmp/deaf ]; do sleep 0.02; done"]
            #expect(try await octoctl(files, up).status == 0)
            let listed = try await octoctl(files, ["service", "list", "--session", files.session])
            #expect(listed.status == 0 && listed.output.contains("running"), "\(listed)")
            let clock = ContinuousClock()
            let took = try await clock.measure {
                let stopped = try await files.browser.send("POST", base + "/web/stop")
                #expect(stopped.status == 200 && stopped.json["status"] == "stopped", "\(stopped.text)")
            }
            #expect(took < .seconds(3))
            let gone = ["exec", files.session, "--", "sh", "-c", "! kill -0 $(cat /tmp/deaf)"]
            #expect(try await octoctl(files, gone).status == 0)
            let stream = try await files.browser.send("GET", base + "/web/output")
            #expect(stream.status == 200 && stream.text.contains(#""data":"up\n""#), "\(stream.text)")
            #expect(stream.text.hasSuffix("data: [DONE]\n\n"))
            let output = try await octoctl(files, ["service", "output", "web", "--session", files.session])
            #expect(output.status == 0 && output.output == "up\n", "\(output)")
            let unknown = try await files.browser.send("GET", "/api/projects/local/sessions/none/services/web/output")
            #expect(unknown.status == 200 && unknown.text.contains(#""type":"error""#), "\(unknown.text)")
        }
    }

    @Test("a file hook runs after a turn in the sandbox; how it did is shown, and it runs again when asked")
    func hook() async throws {
        try await withFiles { files in
            let base = "/api/projects/local/sessions/\(files.session)/hooks"
            #expect(try await files.browser.send("GET", base + "/status").json["hooks"] == [:])
            let hook = """
                #!/bin/sh
                #---
                # type: file
                # pattern: *.txt
                #---
                echo "looking at $OCTOBOT_CHANGED_FILES"
                test -e ok
                """
            try await write(".octobot/hooks/lint.sh", hook, files)
            let prompt = ["chat", "--session", files.session, "/write notes/plan.txt forty-two"]
            #expect(try await octoctl(files, prompt).status == 0)
            while true {
                let status = try await files.browser.send("GET", base + "/status").json
                if status["hooks"]?["lint"]?["lastResult"] == "failure" { break }
                await Task.yield()
            }
            let output = try await octoctl(files, ["hook", "output", "lint", "--session", files.session])
            #expect(output.output == "looking at notes/plan.txt\n", "\(output)")
            let failed = try await octoctl(files, ["hook", "rerun", "lint", "--session", files.session])
            #expect(failed.status == 1, "\(failed)")
            #expect(try await files.write("ok", "").status == 200)
            let rerun = try await files.browser.send("POST", base + "/lint/rerun")
            #expect(rerun.status == 200 && rerun.json == ["success": true, "exitCode": 0], "\(rerun.text)")
            let listed = try await octoctl(files, ["hook", "list", "--session", files.session])
            #expect(listed.output.contains("success") && listed.output.contains("lint"), "\(listed)")
            #expect(try await files.browser.send("POST", base + "/none/rerun").status == 404)
        }
    }
}
