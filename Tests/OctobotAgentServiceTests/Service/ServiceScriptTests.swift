import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Services of the workspace", .serialized, .timeLimit(.minutes(2)))
struct ServiceScriptTests {
    private func serving(
        _ files: [String: String],
        _ body: (RunningService, ServiceFixture) async throws -> Void
    ) async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                for (name, text) in files {
                    try fixture.repository.write(text, to: ".octobot/services/\(name)")
                    chmod(fixture.repository.workspace + "/.octobot/services/\(name)", 0o755)
                }
                try await body(service, fixture)
            }
        }
    }

    /// Reads a service's output to its end, or until it is enough.
    private func output(
        _ service: RunningService,
        _ id: String,
        until isEnough: ([JSONValue]) -> Bool = { _ in false }
    ) async throws -> (events: [JSONValue], isDone: Bool) {
        let request = service.request(.GET, "/services/\(id)/output", ["Accept": "text/event-stream"])
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        var parser = ServerSentEventParser()
        var events: [JSONValue] = []
        for try await buffer in response.body {
            for event in try parser.consume(buffer.readableBytesView) {
                if event.isDone { return (events, true) }
                events.append(try JSONValue(parsing: event.data))
                if isEnough(events) { return (events, false) }
            }
        }
        return (events, false)
    }

    private func text(_ events: [JSONValue], _ type: String) -> String {
        events.filter { $0["type"]?.stringValue == type }.compactMap { $0["data"]?.stringValue }.joined()
    }

    @Test("what is declared is listed by name, with what of it runs")
    func list() async throws {
        let files = [
            "z.sh":
                "#!/bin/sh\n#---\n# name: Api\n# description: The API\n# http: 4000\n# path: docs\n#---\nexec sleep 60\n",
            "port": "---\nhttps: 8443\n---\n \n", "wrong": "---\nhttp: 0\n---\n", "text.txt": "no script",
            "bare.sh": "#!/bin/sh\nexec sleep 60\n",
        ]
        try await serving(files) { service, fixture in
            let before = try await service.send(.GET, "/services").body["services"]?.arrayValue ?? []
            #expect(before.compactMap { $0["id"]?.stringValue } == ["z", "bare", "port"])
            let folder = fixture.repository.workspace + "/.octobot/services"
            #expect(
                before.first == [
                    "id": "z", "name": "Api", "description": "The API", "http": 4000, "urlPath": "/docs",
                    "path": .string(folder + "/z.sh"), "status": "stopped",
                ]
            )
            #expect(before.last?["passive"] == true && before.last?["https"] == 8443)
            let started = try await service.send(.POST, "/services/z/start")
            #expect(started.status == 202 && started.body == ["status": "starting", "serviceId": "z"])
            let again = try await service.send(.POST, "/services/z/start")
            #expect(again.status == 409 && again.body["error"] == "service_already_running")
            let after = try await service.send(.GET, "/services").body["services"]?[0]
            #expect(after?["status"] == "running" && after?["startedAt"] != nil)
            #expect(after?["pid"] == again.body["pid"])
            let stopped = try await service.send(.POST, "/services/z/stop")
            #expect(stopped.status == 200 && stopped.body == ["status": "stopped", "serviceId": "z"])
            let ended = try await service.send(.GET, "/services").body["services"]?[0]
            #expect(ended?["status"] == "stopped" && ended?["pid"] != nil)
        }
    }

    @Test("what cannot be started or stopped is refused with its reason")
    func refusals() async throws {
        try await serving(["port": "---\nhttp: 80\n---\n", "a.sh": "#!/bin/sh\nexit 7\n"]) { service, _ in
            for (method, path, status, error) in [
                ("POST", "/services/none/start", 404, "service_not_found"),
                ("POST", "/services/none/stop", 404, "service_not_found"),
                ("POST", "/services/..%2fa/start", 404, "service_not_found"),
                ("POST", "/services/port/start", 400, "service_is_passive"),
                ("POST", "/services/port/stop", 400, "service_is_passive"),
                ("GET", "/services/port/output", 400, "service_is_passive"),
                ("POST", "/services/a/stop", 404, "service_not_found"),
            ] {
                let answer = try await service.send(HTTPMethod(rawValue: method), path)
                #expect(answer.status == status && answer.body["error"]?.stringValue == error, "\(path)")
            }
            #expect(try await output(service, "none").events.isEmpty)
            #expect(try await output(service, "a").isDone)
            #expect(try await service.send(.POST, "/services/a/start").status == 202)
            let (events, isDone) = try await output(service, "a")
            #expect(isDone && events.last?["type"] == "exit" && events.last?["exitCode"] == 7)
            let stopped = try await service.send(.POST, "/services/a/stop")
            #expect(stopped.status == 400 && stopped.body["error"] == "service_not_running")
        }
    }

    @Test("output is kept whole over a restart of the service, begins anew with the next run, and has no secrets")
    func outputs() async throws {
        let script = "#!/bin/sh\nenv; pwd; printf '\\303'; printf '\\274\\n'; echo bad >&2\n"
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try fixture.repository.write(script, to: ".octobot/services/env.sh")
                chmod(fixture.repository.workspace + "/.octobot/services/env.sh", 0o755)
                _ = try await service.turn(
                    "t1",
                    "hello",
                    headers: [
                        "X-Octobot-Credentials": #"[{"envVar":"ANTHROPIC_API_KEY","value":"canary-key"}]"#
                    ]
                )
                #expect(try await service.send(.POST, "/services/env/start").status == 202)
                let (events, isDone) = try await output(service, "env")
                let out = text(events, "stdout")
                #expect(isDone && out.hasSuffix("/workspace\nü\n") && text(events, "stderr") == "bad\n")
                #expect(!out.contains("canary-key") && !out.contains("OCTOBOT_SECRET"))
                #expect(!out.contains(ServiceFixture.secret))
            }
            try await fixture.serving { service in
                let (events, isDone) = try await output(service, "env")
                #expect(isDone && text(events, "stderr") == "bad\n" && events.last?["exitCode"] == 0)
                #expect(try await service.send(.POST, "/services/env/start").status == 202)
                #expect(text(try await output(service, "env").events, "stderr") == "bad\n")
            }
        }
    }

    @Test("to stop one ends everything it started within three seconds, whatever that ignores or leaves")
    func stopping() async throws {
        let script = """
            #!/bin/sh
            trap '' TERM
            setsid sh -c 'trap "" TERM; sleep 300' &
            sh -c 'trap "" TERM; sleep 300' &
            echo up
            while true; do sleep 1; done
            """
        try await serving(["deaf.sh": script]) { service, _ in
            #expect(try await service.send(.POST, "/services/deaf/start").status == 202)
            _ = try await output(service, "deaf") { self.text($0, "stdout") == "up\n" }
            let listed = try await service.send(.GET, "/services").body["services"]?[0]?["pid"]?.integerValue
            let pid = pid_t(try #require(listed))
            let tree = ProcessTree(leader: pid, scope: .marked("none=none"))
            let members = tree.members()
            #expect(members.count >= 3)
            let clock = ContinuousClock()
            let took = try await clock.measure {
                let stopped = try await service.send(.POST, "/services/deaf/stop")
                #expect(stopped.status == 200)
            }
            #expect(took < .seconds(3))
            for member in members {
                #expect(ProcessTable.entry(member.pid).map(\.isZombie) ?? true, "\(member.pid)")
            }
            #expect(try await output(service, "deaf").events.last?["exitCode"] == nil)
        }
    }
}
