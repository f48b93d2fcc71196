import DockerEngine
import Foundation
import Logging
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

@Suite(
    "The docker provider's sandboxes",
    .timeLimit(.minutes(3)),
    .enabled(if: DockerHarness.isUsable, DockerHarness.reason)
)
struct DockerLifecycleTests {
    @Test("one is made, started, found by another daemon, stopped and removed with its data")
    func lifeCycle() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            #expect(try await provider.sandbox(id) == nil)
            await #expect(throws: SandboxError.notFound(id)) { try await provider.start(id) }
            try await provider.create(harness.spec)
            #expect(try await provider.sandbox(id)?.status == .created)
            await #expect(throws: SandboxError.alreadyExists(id)) { try await provider.create(harness.spec) }
            await #expect(throws: SandboxError.notRunning(id)) { try await provider.stop(id, grace: .zero) }
            try await provider.start(id)
            await #expect(throws: SandboxError.alreadyRunning(id)) { try await provider.start(id) }

            let other = harness.provider()
            let found = try await other.list()
            #expect(found.map(\.sessionID) == [id])
            #expect(found.first?.status == .running)
            #expect(found.first?.installation == harness.configuration.installation)
            #expect(found.first?.isolationNotes == [])
            #expect(found.first?.isOutdated == false)
            let agent = try other.agent(id, secret: "x")
            await #expect(throws: SandboxAgentError.notFound) { _ = try await agent.question("q") }

            try await other.stop(id, grace: .seconds(20))
            let stopped = try await provider.sandbox(id)
            #expect(stopped?.status == .stopped)
            #expect(stopped?.error == nil)
            try await provider.start(id)
            try await provider.remove(id, data: .delete)
            #expect(try await provider.sandbox(id) == nil)
            #expect(try await provider.list() == [])
            await #expect(throws: DockerError.self) {
                _ = try await harness.client.inspectVolume(DockerNames.dataVolume(id))
            }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.remove(id, data: .delete) }
        }
    }

    @Test("its user, home, account, environment, mounts and limits are those it was promised")
    func inside() async throws {
        let change = DockerHarness.Change { configuration in
            configuration.limits = SandboxLimitSettings(memoryMegabytes: 128, processors: 0.5, processes: 64)
        }
        try await withDockerHarness(change) { harness in
            let mirror = harness.root + "mirror"
            try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: false)
            try Data("refs".utf8).write(to: URL(filePath: mirror + "/packed-refs"))
            chmod(mirror, 0o700)
            chmod(mirror + "/packed-refs", 0o600)
            var spec = harness.spec
            spec.mirrorPath = mirror
            spec.commit = "abc"
            let provider = harness.provider()
            try await provider.create(spec)
            try await provider.start(harness.id)
            let facts = try await harness.run(
                """
                id -u; id -un; hostname; pwd; stat -c %u:%g /home/octobot /.data/cache
                cat /.workspace/packed-refs; echo; touch /.workspace/x; touch /etc/x; touch ~/x && echo home
                touch /.data/cache/x && echo cache; cp /bin/busybox /tmp && /tmp/busybox echo tmp
                grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; cat /proc/1/cmdline | tr '\\0' ' '
                """
            ).split(separator: "\n").map(String.init)
            #expect(facts.prefix(6) == ["1000", "octobot", "octobot", "/home/octobot", "1000:1000", "1000:1000"])
            #expect(facts.contains("refs"))
            #expect(facts.contains("touch: /.workspace/x: Read-only file system"))
            #expect(facts.contains("touch: /etc/x: Permission denied"))
            #expect(facts.contains("home") && facts.contains("cache") && facts.contains("tmp"))
            #expect(facts.contains("CapEff:\t0000000000000000") && facts.contains("CapBnd:\t0000000000000000"))
            #expect(facts.contains("NoNewPrivs:\t1"))
            let variables = try await harness.run("env")
            for line in [
                "SESSION_ID=\(harness.id)", "OCTOBOT_SECRET=00:11", "WORKSPACE_PATH=/.workspace",
                "WORKSPACE_SOURCE=/src",
                "WORKSPACE_COMMIT=abc", "HOME=/home/octobot", "OCTOBOT_AGENT_TYPE=demo", "OCTOBOT_PERMISSION_MODE=ask",
            ] {
                #expect(variables.split(separator: "\n").contains { $0 == line }, "\(line)")
            }
            let stats = try await harness.client.containerStats(harness.container)
            #expect(stats.memoryLimit == 128 << 20)
            #expect(stats.processLimit == 64)
            let labels = try await harness.client.inspectContainer(harness.container).labels
            #expect(labels["octobot.session.id"] == harness.id.rawValue)
            #expect(labels["octobot.workspace.id"] == "w")
            let published = try await harness.client.inspectContainer(harness.container).ports["3002/tcp"]
            #expect(published?.map(\.address) == ["127.0.0.1"])
            #expect(try await provider.sandbox(harness.id)?.image == TestEngine.busyboxImage)
            let shares = try await harness.engine.docker(
                "inspect",
                "--format",
                "{{.HostConfig.CpuShares}}",
                harness.container
            )
            #expect(shares.trimmingCharacters(in: .newlines) == "512")
            #expect(provider.limits == SandboxLimits(memoryBytes: 128 << 20, processors: 0.5, processes: 64))
        }
    }

    @Test("one whose agent ends says why, with its last words, and can be started again")
    func ended() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            try await provider.create(harness.spec)
            try await provider.start(id)
            _ = try await harness.run("touch ~/refuse")
            try await provider.stop(id, grace: .seconds(20))
            await #expect {
                try await provider.start(id)
            } throws: { error in
                guard case .startFailed(let message, let log) = error as? SandboxError else { return false }
                return message.contains("status 7") && log == "begun\nbegun\ncannot frob the widget"
            }
            let failed = try await provider.sandbox(id)
            #expect(failed?.status == .failed)
            #expect(failed?.error?.contains("cannot frob the widget") == true)
            try await harness.client.putArchive([], into: harness.container, at: "/")
            try await provider.remove(id, data: .delete)
        }
    }

    @Test("a stubborn one is killed after the grace, which is a stop to later daemons too")
    func stubborn() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            _ = try await harness.run("touch ~/stubborn")
            try await provider.stop(harness.id, grace: .seconds(20))
            try await provider.start(harness.id)
            try await provider.stop(harness.id, grace: .milliseconds(100))
            #expect(try await harness.client.inspectContainer(harness.container).state.exitCode == 137)
            #expect(try await harness.provider().sandbox(harness.id)?.status == .stopped)
        }
    }

    @Test("a start that is stopped or cancelled leaves nothing that runs")
    func givenUp() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            try await provider.create(harness.spec)
            try await provider.start(id)
            _ = try await harness.run("touch ~/deaf")
            try await provider.stop(id, grace: .seconds(20))

            let first = Task { try await provider.start(id) }
            while try await harness.client.inspectContainer(harness.container).state.phase != .running {}
            try? await provider.stop(id, grace: .zero)
            await #expect(throws: SandboxError.self) { try await first.value }
            #expect(try await provider.sandbox(id)?.status == .stopped)

            let second = Task { try await provider.start(id) }
            while try await harness.client.inspectContainer(harness.container).state.phase != .running {}
            second.cancel()
            await #expect(throws: SandboxError.self) { try await second.value }
            #expect(try await harness.client.inspectContainer(harness.container).state.phase == .exited)
        }
    }

    @Test("data is kept, found again by another daemon, restored, and deleted")
    func kept() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            try await provider.create(harness.spec)
            try await provider.start(id)
            _ = try await harness.run("echo work > ~/work")
            try await provider.remove(id, data: .keep)
            try await provider.remove(id, data: .keep)
            #expect(try await provider.list() == [])
            let other = harness.provider()
            #expect(try await other.sandbox(id)?.status == .stopped)
            await #expect(throws: SandboxError.notFound(id)) { try await other.start(id) }
            try await other.restore(id)
            try await other.restore(id)
            #expect(try await other.sandbox(id)?.status == .stopped)
            try await other.start(id)
            #expect(try await harness.run("cat ~/work") == "work")
            try await other.deleteKept(id)
            #expect(try await other.sandbox(id)?.status == .running)
            try await other.remove(id, data: .keep)
            try await provider.deleteKept(id)
            #expect(try await provider.sandbox(id) == nil)
            await #expect(throws: SandboxError.notFound(id)) { try await provider.restore(id) }
            try await provider.deleteKept(id)
        }
    }

    @Test("what is known of a sandbox comes from the engine alone when our own notes are gone")
    func withoutNotes() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            _ = try await harness.run("echo work > ~/work")
            try FileManager.default.removeItem(atPath: harness.configuration.dataFolder)
            let other = harness.provider()
            #expect(try await other.list().map(\.status) == [.running])
            // Even the container may be gone: its volume knows what it was of.
            try await harness.client.removeContainer(harness.container, isForced: true)
            #expect(try await other.sandbox(harness.id) == nil)
            try await other.create(harness.spec)
            try await other.start(harness.id)
            #expect(try await harness.run("cat ~/work") == "work")
        }
    }

    @Test("what is not ours is neither seen nor touched")
    func foreign() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            var spec = ContainerSpec(image: TestEngine.busyboxImage)
            spec.command = ["sleep", "1000"]
            spec.labels = [
                "octobot.managed": "true", "octobot.session.id": id.rawValue, "octobot.installation": "another",
            ]
            let foreign = try await harness.client.createContainer(spec, name: harness.container)
            #expect(try await provider.sandbox(id) == nil)
            #expect(try await provider.list() == [])
            await #expect { try await provider.create(harness.spec) } throws: { error in
                guard case .failed(let message) = error as? SandboxError else { return false }
                return message.contains("does not belong")
            }
            await #expect(throws: SandboxError.notFound(id)) { try await provider.remove(id, data: .delete) }
            #expect(try await harness.client.inspectContainer(foreign).state.phase == .created)
            await #expect(throws: DockerError.self) {
                _ = try await harness.client.inspectVolume(DockerNames.dataVolume(id))
            }
            try await harness.client.removeContainer(foreign, isForced: true)
            _ = try await harness.client.createVolume(DockerNames.dataVolume(id), labels: [:])
            await #expect(throws: SandboxError.self) { try await provider.create(harness.spec) }
            try await harness.client.removeVolume(DockerNames.dataVolume(id))
        }
    }

    @Test("projects share a cache, which is told and deleted")
    func caches() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            var spec = harness.spec
            spec.projectID = ProjectID("p-\(UInt32.random(in: 0...UInt32.max))")
            #expect(try await provider.caches(of: spec.projectID) == [])
            try await provider.create(spec)
            let caches = try await provider.caches(of: spec.projectID)
            #expect(caches.map(\.name) == ["octobot-cache-\(spec.projectID)"])
            #expect(caches.first?.createdAt != nil)
            await #expect(throws: SandboxError.self) { try await provider.deleteCaches(of: spec.projectID) }
            try await provider.remove(harness.id, data: .delete)
            try await provider.deleteCaches(of: spec.projectID)
            #expect(try await provider.caches(of: spec.projectID) == [])
            try await provider.deleteCaches(of: spec.projectID)
        }
    }

    @Test("sandboxes do not reach each other")
    func neighbours() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let other = SessionID("\(harness.id)-b")
            for id in [harness.id, other] {
                try await provider.create(LocalHarness.spec(id))
                try await provider.start(id)
            }
            let address = try await harness.run("hostname -i", in: other)
            #expect(address.contains("."))
            let request = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2"
            #expect(try await harness.run("\(request) 127.0.0.1 3002").contains("404"))
            let answer = try await harness.run("\(request) \(address) 3002")
            #expect(answer.contains("timed out"), "\(answer)")
        }
    }

    @Test("one whose network was pruned is made anew, work and all")
    func prunedNetwork() async throws {
        let engine = try await TestEngine.start()
        try await withDockerHarness(on: engine) { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            _ = try await harness.run("echo work > ~/work")
            try await provider.stop(harness.id, grace: .seconds(20))
            try await engine.docker("network", "prune", "-f")
            try await provider.start(harness.id)
            #expect(try await harness.run("cat ~/work") == "work")
        }
        await engine.stop()
    }

    @Test("many that are made at once share one network")
    func oneNetwork() async throws {
        let engine = try await TestEngine.start()
        try await withDockerHarness(on: engine) { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    let provider = harness.provider()
                    let id = SessionID("\(harness.id)-\(number)")
                    group.addTask { try await provider.create(LocalHarness.spec(id)) }
                }
                try await group.waitForAll()
            }
            let networks = try await harness.client.listNetworks(labels: ["octobot.managed=true"])
            #expect(networks.map(\.name) == ["octobot"])
        }
        await engine.stop()
    }

    @Test("an image that is missing is said to be, with what to do")
    func noImage() async throws {
        try await withDockerHarness(.init { $0.image = "octobot-agent-api:none" }) { harness in
            let provider = harness.provider()
            let status = await provider.status()
            #expect(!status.available)
            #expect(status.message?.contains("contrib/sandbox-image/build") == true)
            await #expect { try await provider.create(harness.spec) } throws: { error in
                guard case .unavailable("sandbox image", _, let hint) = error as? SandboxError else { return false }
                return hint.contains("contrib/sandbox-image/build")
            }
        }
    }

    @Test("a program that took the port of a container that died is not told its secret")
    func stalePort() async throws {
        try await withDockerHarness(.init { $0.portTrust = .zero }) { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            let agent = try provider.agent(harness.id, secret: "the secret")
            // The harness's web server knows no path.
            await #expect(throws: SandboxAgentError.notFound) { _ = try await agent.question("q") }
            let ports = try await harness.client.inspectContainer(harness.container).ports["3002/tcp"]
            let port = try #require(ports?.first?.port)
            // Nobody watches, so that nothing but the look itself can tell.
            try await harness.engine.docker("kill", harness.container)
            try await harness.engine.docker("wait", harness.container)
            let thief = try await StubAgent(port: port) { _ in .json("{}", status: 404) }
            await #expect {
                _ = try await agent.question("q")
            } throws: { error in
                guard case .unreachable = error as? SandboxAgentError else { return false }
                return true
            }
            #expect(thief.requests.isEmpty)
            // Its own new port is found by whoever has the agent already.
            try await harness.engine.docker("start", harness.container)
            var answer: SandboxAgentError?
            while answer != .notFound {
                try Task.checkCancellation()
                do { _ = try await agent.question("q") } catch { answer = error as? SandboxAgentError }
            }
            #expect(thief.requests.isEmpty)
            try await thief.close()
        }
    }

    @Test("without an engine every call says so")
    func noEngine() async throws {
        try await withDockerHarness { harness in
            var configuration = harness.configuration
            configuration.environment = ["DOCKER_HOST": "unix://\(harness.root)none.sock"]
            let provider = DockerProvider(configuration, logger: .init(label: "test"))
            let status = await provider.status()
            #expect(!status.available)
            #expect(status.message?.contains("systemctl start docker") == true)
            await #expect(throws: SandboxError.self) { _ = try await provider.list() }
            await #expect(throws: SandboxError.self) { _ = try await provider.sandbox(harness.id) }
            await #expect(throws: SandboxError.self) { try await provider.create(harness.spec) }
            for await _ in provider.watch() { Issue.record("a change without an engine") }
        }
    }

    @Test("a ready engine is told with what it enforces")
    func ready() async throws {
        try await withDockerHarness { harness in
            let status = await harness.provider().status()
            #expect(status.available, "\(status.message ?? "")")
            #expect(status.state == .ready)
            #expect(status.details?["memory"] == "4096 MiB")
        }
    }
}
