import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("Services and hooks of sessions", .timeLimit(.minutes(2)))
struct ScriptTests {
    private func declared() -> [SandboxService] {
        var ui = SandboxService(id: "ui", name: "Dev UI", path: "/w/ui.sh")
        ui.http = 3000
        ui.exitCode = 1000
        var port = SandboxService(id: "port", name: "Port", path: "/w/port")
        port.https = 99_999
        port.passive = true
        return [ui, port]
    }

    @Test("services are listed, started, read and stopped; what cannot be is refused with its reason")
    func services() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                let scripts = life.services.scripts
                let target = SessionTarget(sessionID: id)
                func named(_ service: ServiceID) -> ServiceTarget { ServiceTarget(sessionID: id, serviceID: service) }
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: id), life.call)
                #expect(try await scripts.list(target, life.call).items.isEmpty)
                await #expect { _ = try await scripts.stop(named("ui"), life.call) } throws: {
                    ($0 as? Fault)?.kind == .notFound
                }
                await #expect { _ = try await scripts.subscribe(named("ui"), life.call) } throws: {
                    ($0 as? Fault)?.reason == "sandbox.notRunning"
                }
                let mock = house.mock.agent(of: id).scripts
                mock.declare(declared())
                // A stopped sandbox is started for it.
                let started = try await scripts.start(named("ui"), life.call)
                #expect(started == ServiceChanged(status: .starting, serviceID: "ui"))
                let listed = try await scripts.list(target, life.call).items
                #expect(listed.map(\.id) == ["ui", "port"] && listed[0].status == .running)
                #expect(listed[0].exitCode == 255 && listed[1].https == nil)
                await #expect { _ = try await scripts.start(named("ui"), life.call) } throws: {
                    ($0 as? Fault)?.kind == .invalidState && ($0 as? Fault)?.reason == "service_already_running"
                }
                await #expect { _ = try await scripts.start(named("port"), life.call) } throws: {
                    ($0 as? Fault)?.kind == .invalidParams && ($0 as? Fault)?.reason == "service_is_passive"
                }
                await #expect { _ = try await scripts.subscribe(named("port"), life.call) } throws: {
                    ($0 as? Fault)?.kind == .invalidParams
                }
                let reader = try await scripts.subscribe(named("ui"), life.call)
                mock.print(ServiceEvent(.stdout, data: "up\n", timestamp: "2026-01-02T03:04:05.678Z"), of: "ui")
                guard case .entry(let entry) = try #require(try await reader.next()) else {
                    Issue.record("no entry")
                    return
                }
                #expect(entry.cursor == "service.\(id):1" && entry.at.description == "2026-01-02T03:04:05.678Z")
                #expect(try JSONValue(parsing: entry.data)["data"] == "up\n")
                #expect(try await scripts.stop(named("ui"), life.call).status == .stopped)
                guard case .end(let reason, _) = try #require(try await reader.next()) else {
                    Issue.record("no end")
                    return
                }
                #expect(reason == "stopped")
                let after = try await reader.next()
                if after != nil { Issue.record("something follows the end") }
            }
        }
    }

    @Test("hooks are shown as the sandbox tells, in ranges that are ours, and file hooks run again")
    func hooks() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                let scripts = life.services.scripts
                let hook = HookStatus(
                    hookID: "lint",
                    hookName: "Lint",
                    type: .preCommit,
                    lastRunAt: "2026-01-02T03:04:05.678Z",
                    lastResult: .failure,
                    lastExitCode: -3,
                    outputPath: "/o",
                    runCount: -1
                )
                house.mock.agent(of: id).scripts.setHooks(
                    HooksStatus(hooks: ["lint": hook], pendingHooks: ["lint"], lastEvaluatedAt: "now"),
                    outputs: ["lint": "bad"]
                )
                let target = SessionTarget(sessionID: id)
                let status = try await scripts.hooks(target, life.call)
                #expect(status.hooks["lint"]?.type == .preCommit && status.hooks["lint"]?.lastExitCode == 0)
                #expect(status.hooks["lint"]?.runCount == 0 && status.pendingHooks == ["lint"])
                let lint = HookTarget(sessionID: id, hookID: "lint")
                #expect(try await scripts.hookOutput(lint, life.call).output == "bad")
                let rerun = try await scripts.rerun(lint, life.call)
                #expect(!rerun.success && rerun.exitCode == 0)
                await #expect {
                    _ = try await scripts.rerun(HookTarget(sessionID: id, hookID: "none"), life.call)
                } throws: { ($0 as? Fault)?.kind == .notFound }
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: id), life.call)
                #expect(try await scripts.hooks(target, life.call) == ListHooks.Result())
            }
        }
    }
}
