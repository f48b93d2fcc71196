import Foundation
import OctobotModel
import Synchronization
import Testing

@testable import OctobotSandbox

@Suite("The life of a local sandbox", .enabled(if: Bubblewrap.isUsable), .timeLimit(.minutes(2)))
struct LocalLifecycleTests {
    @Test("it is created, started, stopped and started again, and everybody who watches sees it")
    func states() async throws {
        try await withLocalHarness { harness in
            let provider = try harness.provider
            let changes = provider.watch()
            await #expect(throws: SandboxError.notFound("s1")) { try await provider.start("s1") }
            try await provider.create(LocalHarness.spec("s1"))
            #expect(await provider.sandbox("s1")?.status == .created)
            await #expect(throws: SandboxError.alreadyExists("s1")) {
                try await provider.create(LocalHarness.spec("s1"))
            }
            await #expect(throws: SandboxError.notRunning("s1")) { try await provider.stop("s1", grace: .seconds(1)) }
            try await provider.start("s1")
            #expect(await provider.sandbox("s1")?.status == .running)
            #expect(await provider.sandbox("s1")?.isolationNotes == [])
            await #expect(throws: SandboxError.alreadyRunning("s1")) { try await provider.start("s1") }
            _ = try await harness.run("echo kept >~/file", in: "s1", of: provider)
            try await provider.stop("s1", grace: .seconds(5))
            #expect(await provider.list().map(\.status) == [.stopped])
            try await provider.start("s1")
            #expect(try await harness.run("cat ~/file", in: "s1", of: provider) == "kept\n")
            try await provider.remove("s1", data: .delete)
            #expect(await provider.list().isEmpty)
            var seen: [SandboxStatus] = []
            for await change in changes {
                seen.append(change.status)
                if seen.count == 6 { break }
            }
            #expect(seen == [.created, .running, .stopped, .running, .stopped, .removed])
        }
    }

    @Test("one that does not leave when it is asked is killed, with all it started")
    func stubborn() async throws {
        try await withLocalHarness { harness in
            let provider = try harness.provider
            try await provider.create(LocalHarness.spec("s1"))
            try Data().write(to: URL(filePath: provider.places.home("s1") + "/stubborn"))
            try await provider.start("s1")
            let started = try await harness.run(
                "setsid sleep 1000 >/dev/null 2>&1 & sed -n 's/^NSpid:.*\\t//p' /proc/$!/status",
                in: "s1",
                of: provider
            )
            #expect(Int(started.trimmingCharacters(in: .whitespacesAndNewlines)) != nil, "\(started)")
            let main = try #require(provider.entries.withLock { $0["s1"]?.live?.main })
            try await provider.stop("s1", grace: .milliseconds(200))
            #expect(main.hasEnded)
            #expect(await provider.sandbox("s1")?.status == .stopped)
        }
    }

    @Test("an end nobody asked for is a failure with its reason", arguments: [0, 3])
    func ends(code: Int) async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let changes = provider.watch()
            _ = try? await harness.run("exit \(code)", in: "s1", of: provider)
            let change = try await LocalHarness.wait(for: changes) { $0.status != .running }
            #expect(change.status == (code == 0 ? .stopped : .failed))
            if code != 0 {
                #expect(change.error == "The sandbox ended with status 3: leaving with 3\nbegun\nleaving with 3")
                #expect(await provider.sandbox("s1")?.error == change.error)
            }
            try await provider.start("s1")
            #expect(await provider.sandbox("s1")?.status == .running)
        }
    }

    @Test("the end of its service is its end, even if something it started goes on")
    func strays() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let changes = provider.watch()
            _ = try await harness.run("setsid sleep 1000 >/dev/null 2>&1 &", in: "s1", of: provider)
            let main = try #require(provider.entries.withLock { $0["s1"]?.live?.main })
            _ = try? await harness.run("exit 5", in: "s1", of: provider)
            let change = try await LocalHarness.wait(for: changes) { $0.status != .running }
            #expect(change.error?.hasPrefix("The sandbox ended with status 5: leaving with 5") == true)
            #expect(await main.waitForEnd(atMost: .seconds(10)))
        }
    }

    @Test("a killed one is a failure too")
    func killed() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let changes = provider.watch()
            try #require(provider.entries.withLock { $0["s1"]?.live?.main }).signal(SIGKILL)
            let change = try await LocalHarness.wait(for: changes) { $0.status != .running }
            #expect(change.status == .failed)
            #expect(change.error?.contains("status 137") == true, "\(change)")
        }
    }

    @Test("one that does not come up says why, with the last lines of its log")
    func startFailure() async throws {
        try await withLocalHarness { harness in
            let provider = try harness.provider
            try await provider.create(LocalHarness.spec("s1"))
            let refusal = provider.places.home("s1") + "/refuse"
            try Data().write(to: URL(filePath: refusal))
            let error = await #expect(throws: SandboxError.self) { try await provider.start("s1") }
            guard case .startFailed(let message, let log) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message == "The sandbox ended while it started, with status 7: cannot frob the widget")
            #expect(log == "begun\ncannot frob the widget")
            #expect(await provider.sandbox("s1")?.status == .failed)
            try FileManager.default.removeItem(atPath: refusal)
            try await provider.start("s1")

            try await provider.create(LocalHarness.spec("s2", mirror: harness.root + "/nowhere"))
            let second = await #expect(throws: SandboxError.self) { try await provider.start("s2") }
            #expect(second?.description.contains("nowhere") == true, "\(String(describing: second))")
        }
    }

    @Test("a stop ends a start that is under way")
    func interrupted() async throws {
        try await withLocalHarness(
            .init { configuration, _ in
                configuration.command = ["/bin/sleep", "1000"]
            }
        ) { harness in
            let provider = try harness.provider
            try await provider.create(LocalHarness.spec("s1"))
            let start = Task { try await provider.start("s1") }
            while provider.entries.withLock({ $0["s1"]?.record.run?.pid }) == nil { await Task.yield() }
            let pid = try #require(provider.entries.withLock { $0["s1"]?.record.run?.pid })
            await #expect(throws: SandboxError.notRunning("s1")) { try await provider.stop("s1", grace: .seconds(1)) }
            await #expect(throws: SandboxError.self) { try await start.value }
            #expect(ProcessHandle(pid: pid) == nil)
        }
    }

    @Test("a new daemon finds running sandboxes again, even if the last one died in the middle of a start")
    func adoption() async throws {
        try await withLocalHarness { harness in
            let first = try await harness.started("s1")
            try await first.create(LocalHarness.spec("s2"))
            try await first.start("s2")
            // What a daemon killed right after the start leaves.
            let path = first.places.recordFile("s2")
            var record = try #require(SandboxRecord.read(path))
            record.run?.pid = nil
            record.run?.startTime = nil
            try record.write(path)

            let second = try harness.provider
            #expect(await second.list().map(\.status) == [.running, .running])
            #expect(try await harness.run("echo alive", in: "s1", of: second) == "alive\n")
            let changes = second.watch()
            _ = try? await harness.run("exit 4", in: "s2", of: second)
            let change = try await LocalHarness.wait(for: changes) { $0.sessionID == "s2" && $0.status != .running }
            #expect(change.error?.hasPrefix("The sandbox ended with status 4: leaving with 4") == true)
            try await second.stop("s1", grace: .seconds(5))
            #expect(await second.sandbox("s1")?.status == .stopped)

            let third = try harness.provider
            #expect(await third.list().map(\.status) == [.stopped, .failed])
        }
    }

    @Test("a process that only has the number of a sandbox is left alone")
    func strangers() async throws {
        try await withLocalHarness { harness in
            let first = try await harness.started("s1")
            let path = first.places.recordFile("s1")
            var record = try #require(SandboxRecord.read(path))
            let start = try #require(record.run?.startTime)
            for change: (inout SandboxRecord) -> Void in [
                { $0.run?.startTime = start + 1 }, { $0.run?.bootID = "another" },
                {
                    $0.run?.startTime = nil
                    $0.run?.spawnedAt = start + 100
                },
            ] {
                var other = record
                change(&other)
                try other.write(path)
                let later = try harness.provider
                #expect(await later.sandbox("s1")?.status != .running)
            }
            record.run?.startTime = start
            try record.write(path)
            #expect(try await harness.provider.sandbox("s1")?.status == .running)
        }
    }

    @Test("removing deletes everything, or keeps the data until it is restored or deleted")
    func removal() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            _ = try await harness.run("mkdir ~/a && echo work >~/a/file && chmod 0555 ~/a", in: "s1", of: provider)
            let main = try #require(provider.entries.withLock { $0["s1"]?.live?.main })
            try await provider.remove("s1", data: .keep)
            #expect(main.hasEnded)
            #expect(await provider.list().isEmpty)
            #expect(await provider.sandbox("s1")?.status == .stopped)
            #expect(FolderTree.exists(provider.places.kept("s1") + "/a/file"))
            #expect(!FolderTree.exists(provider.places.home("s1")))
            // Cut short and repeated.
            try await provider.remove("s1", data: .keep)
            await #expect(throws: SandboxError.notFound("s1")) { try await provider.start("s1") }

            let later = try harness.provider
            #expect(await later.list().isEmpty)
            try await later.restore("s1")
            #expect(await later.list().map(\.status) == [.stopped])
            try await later.start("s1")
            #expect(try await harness.run("cat ~/a/file", in: "s1", of: later) == "work\n")
            try await later.remove("s1", data: .keep)
            try await later.deleteKept("s1")
            try await later.deleteKept("s1")
            await #expect(throws: SandboxError.notFound("s1")) { try await later.restore("s1") }
            #expect(!FolderTree.exists(later.places.kept("s1")))

            try await later.create(LocalHarness.spec("s1"))
            try await later.start("s1")
            _ = try await harness.run("mkdir ~/b && echo x >~/b/file && chmod 0555 ~/b", in: "s1", of: later)
            try await later.remove("s1", data: .delete)
            for folder in [later.places.home("s1"), later.places.record("s1"), later.places.kept("s1")] {
                #expect(!FolderTree.exists(folder))
            }
            await #expect(throws: SandboxError.notFound("s1")) { try await later.remove("s1", data: .delete) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: harness.root + "/state/s").isEmpty)
        }
    }

    @Test("SANDBOX_LOCAL_ISOLATION=none runs without a sandbox, and says so")
    func open() async throws {
        try await withLocalHarness(
            .init { configuration, root in
                configuration.isolationIsOff = true
                configuration.command = ["/bin/sh", "-c", "exec perl '\(root)/agent/agent.pl' '\(root)'/state/s/*"]
            }
        ) { harness in
            let provider = try await harness.started("s1")
            let sandbox = await provider.sandbox("s1")
            #expect(sandbox?.status == .running)
            #expect(sandbox?.isolationNotes == ["isolation=none", "network=host"])
            #expect(try await harness.run("env | grep -c OCTOBOT_TEST_LEAK", in: "s1", of: provider) == "0\n")
            let text = try await harness.run("sleep 1000 >/dev/null 2>&1 & echo $!", in: "s1", of: provider)
            let child = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            let sleeper = try #require(ProcessHandle(pid: child))
            let later = try harness.provider
            #expect(await later.sandbox("s1")?.status == .running)
            try await later.stop("s1", grace: .seconds(5))
            #expect(await sleeper.waitForEnd(atMost: .seconds(10)))
        }
    }

    @Test("agents' commands are found inside, then on the daemon's PATH, else the error names both ways")
    func commands() async throws {
        try await withLocalHarness(
            .init { configuration, root in
                try FileManager.default.createDirectory(atPath: root + "/bin", withIntermediateDirectories: false)
                try Data("#!/bin/sh\necho \"tool from outside\"\n".utf8).write(
                    to: URL(filePath: root + "/bin/real-tool")
                )
                chmod(root + "/bin/real-tool", 0o755)
                try FileManager.default.createSymbolicLink(
                    atPath: root + "/bin/frobnicate",
                    withDestinationPath: "real-tool"
                )
                configuration.searchPath = "/usr/bin:/bin:\(root)/bin"
            }
        ) { harness in
            let provider = try harness.provider
            try await provider.create(LocalHarness.spec("s1", command: ["frobnicate", "--acp"]))
            try await provider.start("s1")
            #expect(try await harness.run("frobnicate", in: "s1", of: provider) == "tool from outside\n")
            #expect(
                try await harness.run("echo $OCTOBOT_AGENT_COMMAND", in: "s1", of: provider)
                    == #"["frobnicate","--acp"]"# + "\n"
            )
            try await provider.create(LocalHarness.spec("s2", command: ["perl", "x"]))
            let error = await #expect(throws: SandboxError.self) {
                try await provider.create(LocalHarness.spec("s3", command: ["no-such-agent"]))
            }
            guard case .unavailable(let component, let message, let hint) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(component == "agent command no-such-agent")
            #expect(message.contains("'no-such-agent'"))
            #expect(hint.contains("PATH") && hint.contains("SANDBOX_LOCAL_READABLE"))
            #expect(await provider.sandbox("s3") == nil)
        }
    }

    @Test("unfit places and paths are refused by name")
    func places() async throws {
        try await withLocalHarness(
            .init { configuration, root in
                configuration.stateFolder = root + "/" + String(repeating: "x", count: 90)
            }
        ) { harness in
            let provider = try harness.provider
            let error = await #expect(throws: SandboxError.self) { try await provider.create(LocalHarness.spec("s1")) }
            #expect(error?.description.contains("XDG_STATE_HOME") == true)
        }
        try await withLocalHarness(.init { configuration, _ in configuration.readablePaths += ["/no/such"] }) {
            harness in
            let provider = try harness.provider
            let error = await #expect(throws: SandboxError.self) { try await provider.create(LocalHarness.spec("s1")) }
            #expect(error?.description.contains("'/no/such'") == true)
            await #expect(throws: SandboxError.self) { try await provider.create(LocalHarness.spec("../s")) }
        }
    }
}
