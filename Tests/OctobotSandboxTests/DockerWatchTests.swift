import DockerEngine
import Foundation
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

@Suite(
    "What happens to docker sandboxes",
    .timeLimit(.minutes(3)),
    .enabled(if: DockerHarness.isUsable, DockerHarness.reason)
)
struct DockerWatchTests {
    @Test("every end is told, whoever caused it, with its cause")
    func ends() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            let id = harness.id
            let client = harness.client
            try await provider.create(harness.spec)
            var changes = provider.watch().makeAsyncIterator()
            #expect(await changes.next()?.status == .created)
            try await provider.start(id)
            #expect(await changes.next()?.status == .running)
            try await provider.stop(id, grace: .seconds(20))
            #expect(await changes.next() == SandboxChange(sessionID: id, status: .stopped))

            try await provider.start(id)
            #expect(await changes.next()?.status == .running)
            try await client.stopContainer(harness.container, grace: .seconds(20))
            #expect(await changes.next()?.status == .stopped)

            try await provider.start(id)
            #expect(await changes.next()?.status == .running)
            try await client.pauseContainer(harness.container)
            #expect(
                await changes.next() == SandboxChange(sessionID: id, status: .stopped, error: "The sandbox is paused.")
            )
            try await provider.start(id)
            #expect(await changes.next()?.status == .running)

            try await client.killContainer(harness.container)
            let killed = await changes.next()
            #expect(killed?.status == .failed)
            #expect(killed?.error?.contains("killed") == true)

            try await provider.start(id)
            #expect(await changes.next()?.status == .running)
            _ = try await harness.run("touch ~/leave")
            let left = await changes.next()
            #expect(left?.status == .failed)
            #expect(left?.error?.contains("leaving now") == true)

            try await client.removeContainer(harness.container, isForced: true)
            #expect(await changes.next()?.status == .removed)
        }
    }

    @Test("one that ran out of memory says so")
    func memory() async throws {
        let change = DockerHarness.Change { configuration in
            configuration.limits = SandboxLimitSettings(memoryMegabytes: 64, processors: nil, processes: 64)
            let hog = "head -c 200000000 /dev/zero | tail -c 190000000 > /dev/null"
            let script =
                "httpd -p 3002 -h /tmp; while :; do sleep 0.05; [ -e $HOME/hog ] && exec sh -c '\(hog); exit 137'; done"
            configuration.command = ["/bin/sh", "-c", script]
        }
        try await withDockerHarness(change) { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            var changes = provider.watch().makeAsyncIterator()
            #expect(await changes.next()?.status == .running)
            _ = try await harness.run("touch ~/hog")
            let end = await changes.next()
            #expect(end?.status == .failed)
            #expect(end?.error?.contains("out of memory") == true, "\(end?.error ?? "")")
            #expect(try await harness.provider().sandbox(harness.id)?.error?.contains("out of memory") == true)
        }
    }

    @Test("a watch ends with its engine, and the next one tells how things stand")
    func engineKilled() async throws {
        let engine = try await TestEngine.start()
        try await withDockerHarness(on: engine) { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            var changes = provider.watch().makeAsyncIterator()
            #expect(await changes.next()?.status == .running)
            await engine.kill()
            #expect(await changes.next() == nil)
            var none = provider.watch().makeAsyncIterator()
            #expect(await none.next() == nil)
            try await engine.launch()
            var again = provider.watch().makeAsyncIterator()
            let state = await again.next()
            #expect(state?.sessionID == harness.id)
            #expect(state?.status != .running)
            try await provider.start(harness.id)
            #expect(await again.next()?.status == .running)
        }
        await engine.stop()
    }

    @Test("with live-restore sandboxes outlive their engine")
    func liveRestore() async throws {
        let engine = try await TestEngine.start(liveRestore: true)
        try await withDockerHarness(on: engine) { harness in
            let provider = harness.provider()
            try await provider.create(harness.spec)
            try await provider.start(harness.id)
            _ = try await harness.run("touch /tmp/here")
            await engine.kill()
            try await engine.launch()
            #expect(try await provider.sandbox(harness.id)?.status == .running)
            #expect(try await harness.run("ls /tmp/here") == "/tmp/here")
            let agent = try provider.agent(harness.id, secret: "x")
            await #expect(throws: SandboxAgentError.notFound) { _ = try await agent.question("q") }
        }
        await engine.stop()
    }

    @Test("a root shell has its size, its status, and nothing outlives it")
    func rootShell() async throws {
        try await withDockerHarness { harness in
            let provider = harness.provider()
            await #expect(throws: SandboxError.notFound(harness.id)) {
                _ = try await provider.attachRoot(harness.id, rows: 24, columns: 80)
            }
            try await provider.create(harness.spec)
            await #expect(throws: SandboxError.notRunning(harness.id)) {
                _ = try await provider.attachRoot(harness.id, rows: 24, columns: 80)
            }
            try await provider.start(harness.id)
            let shell = try await provider.attachRoot(harness.id, rows: 31, columns: 97)
            try await shell.write(
                Array("id -u; stty size; sleep 4242 & (setsid sleep 4343 &); echo done-$((1+1))\n".utf8)
            )
            var text = ""
            for try await bytes in shell.output {
                text += String(decoding: bytes, as: UTF8.self)
                if text.contains("done-2") { break }
            }
            #expect(text.contains("0\r\n31 97\r\n"), "\(text)")
            #expect(!text.contains("$$"))
            await shell.close()
            await shell.close()
            let left = try await harness.run("ps")
            #expect(!left.contains("4242") && !left.contains("sh -l"), "\(left)")

            let other = try await provider.attachRoot(harness.id, rows: 24, columns: 80)
            try await other.write(Array("exit 5\n".utf8))
            for try await _ in other.output {}
            #expect(try await other.exitCode() == 5)
            await other.close()
        }
    }
}
