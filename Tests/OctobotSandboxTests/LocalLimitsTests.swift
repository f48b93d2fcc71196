import Foundation
import OctobotModel
import Synchronization
import Testing

@testable import OctobotSandbox

@Suite("What local sandboxes are held to", .timeLimit(.minutes(3)))
struct LocalLimitsTests {
    private static let canMakeGroups = Bubblewrap.isUsable && ControlGroups.find(label: "try")?.folders.count == 3

    @Test("the kernel's own words on control groups are understood")
    func reading() {
        let mounts = """
            proc /proc proc rw 0 0
            cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
            cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
            cgroup /odd\\040place cgroup rw,memory 0 0
            short line
            """
        #expect(
            ControlGroups.Mounted.read(mounts) == [
                .init(folder: "/sys/fs/cgroup/unified", controllers: nil),
                .init(folder: "/sys/fs/cgroup/cpu,cpuacct", controllers: ["rw", "relatime", "cpu", "cpuacct"]),
            ]
        )
        let groups = ControlGroups.membership("9:name=systemd:/a\n3:cpu,cpuacct:/b:c\n0::/user.slice\nodd\n")
        #expect(groups == ["name=systemd": "/a", "cpu": "/b:c", "cpuacct": "/b:c", "": "/user.slice"])
    }

    @Test("both versions get the values they want", arguments: [true, false])
    func values(isUnified: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files =
            isUnified
            ? ["memory.max": "134217728", "memory.swap.max": "0", "pids.max": "50", "cpu.max": "150000 100000"]
            : [
                "memory.limit_in_bytes": "134217728", "pids.max": "50", "cpu.cfs_period_us": "100000",
                "cpu.cfs_quota_us": "150000",
            ]
        try FileManager.default.createDirectory(atPath: folder + "/g", withIntermediateDirectories: true)
        for name in files.keys + ["cgroup.subtree_control"] {
            try Data().write(to: URL(filePath: "\(folder)/g/\(name)"))
        }
        // All sandboxes together have half of what the daemon's group beside theirs has.
        let (share, half) = isUnified ? ("cpu.weight", "50") : ("cpu.shares", "512")
        try Data().write(to: URL(filePath: "\(folder)/\(share)"))
        try Data("low 0\noom_kill 3\n".utf8).write(to: URL(filePath: folder + "/g/memory.events"))
        try Data("under_oom 0\noom_kill 3\n".utf8).write(to: URL(filePath: folder + "/g/memory.oom_control"))
        try Data().write(to: URL(filePath: folder + "/cgroup.subtree_control"))
        let groups = ControlGroups(isUnified: isUnified, folders: [.memory: folder, .pids: folder, .cpu: folder])
        let settings = SandboxLimitSettings(memoryMegabytes: 128, processors: 1.5, processes: 50)
        try groups.make("g", settings)
        for (name, value) in files {
            #expect(try String(contentsOfFile: "\(folder)/g/\(name)", encoding: .utf8) == value, "\(name)")
        }
        #expect(try String(contentsOfFile: "\(folder)/\(share)", encoding: .utf8) == half)
        #expect(groups.outOfMemoryKills(in: "g") == 3)
        #expect(groups.limits(settings) == settings.limits)
        #expect(throws: SandboxError.self) { try groups.make("x/y", settings) }
        let partial = ControlGroups(isUnified: isUnified, folders: [.pids: folder])
        #expect(partial.limits(settings) == SandboxLimits(processes: 50))
    }

    @Test("what is said to be enforced is what is")
    func truth() {
        let settings = SandboxLimitSettings(memoryMegabytes: 128, processors: 1.5, processes: 50)
        let none = LocalLimits(settings: settings, groups: nil, isIsolated: true)
        #expect(none.enforced == SandboxLimits(processes: 50))
        #expect(none.details["memory"] == "128 MiB per process")
        #expect(none.details["processors"] == "unlimited")
        let words = ["prlimit", "--core=0", "--nproc=50", "--data=134217728", "--"]
        #expect(none.prefix(prlimit: "prlimit", nice: nil) == words)
        // Without a group the daemon goes first by the sandbox's niceness.
        #expect(none.prefix(prlimit: "prlimit", nice: "nice") == ["nice", "-n", "3"] + words)
        #expect(none.prefix(prlimit: nil, nice: "nice") == ["nice", "-n", "3"])
        let open = LocalLimits(settings: settings, groups: nil, isIsolated: false)
        #expect(open.enforced == SandboxLimits())
        let all = LocalLimits(
            settings: settings,
            groups: ControlGroups(isUnified: true, folders: [.memory: "/a", .pids: "/a", .cpu: "/a"]),
            isIsolated: true
        )
        #expect(all.enforced == settings.limits)
        #expect(all.details["memory"] == "128 MiB")
        #expect(!all.prefix(prlimit: "prlimit", nice: "nice").contains { $0.hasPrefix("--data") || $0 == "nice" })
        let off = LocalLimits(
            settings: SandboxLimitSettings(memoryMegabytes: nil, processors: nil, processes: nil),
            groups: all.groups,
            isIsolated: true
        )
        #expect(off.enforced == SandboxLimits())
        #expect(off.details["memory"] == "unlimited")
    }

    @Test(
        "memory and processes of a sandbox are bounded, and the error says what it died of",
        .enabled(if: canMakeGroups)
    )
    func hogs() async throws {
        try await withLocalHarness(
            .init { configuration, _ in
                configuration.limits = SandboxLimitSettings(memoryMegabytes: 128, processors: 0.5, processes: 60)
            }
        ) { harness in
            let provider = try await harness.started("s1")
            let group = try #require(provider.entries.withLock { $0["s1"]?.record.runtime })
            let main = try #require(provider.entries.withLock { $0["s1"]?.live?.main })
            let groups = try #require(provider.limiting.groups)
            #expect(groups.contain(main.pid, in: group))
            #expect(provider.limits == SandboxLimits(memoryBytes: 128 << 20, processors: 0.5, processes: 60))
            let hog = try await harness.run(
                "perl -e 'my $x = \"x\" x (300 << 20); print \"took it\\n\"'; echo status $?",
                in: "s1",
                of: provider
            )
            #expect(!hog.contains("took it"), "\(hog)")
            #expect(groups.outOfMemoryKills(in: group) > 0)
            let bomb = "i=0; while [ $i -lt 300 ]; do sleep 5 >/dev/null 2>&1 & i=$((i+1)); done"
            let said = try await harness.run(bomb, in: "s1", of: provider)
            #expect(said.contains("ork"), "\(said)")
            // Still there, and after the daemon's death too.
            let later = try harness.provider
            #expect(try await harness.run("echo alive", in: "s1", of: later) == "alive\n")
            let changes = later.watch()
            main.signal(SIGKILL)
            let change = try await LocalHarness.wait(for: changes) { $0.status != .running }
            #expect(change.error?.hasPrefix("The sandbox ran out of memory (limit 128 MiB)") == true, "\(change)")
            try await later.start("s1")
            try await later.stop("s1", grace: .seconds(5))
            for path in groups.groups(of: group) { #expect(!FolderTree.exists(path)) }
        }
    }

    @Test("a flood in the log is cut down to its end", .enabled(if: Bubblewrap.isUsable))
    func flood() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let log = provider.places.log("s1")
            for round in 0..<2 {
                // Once for one that was started, once for one that was found again.
                let owner = round == 0 ? provider : try harness.provider
                let said = try await harness.run("shout 30000000", in: "s1", of: owner)
                #expect(said == "shouted\n")
                var facts = stat()
                repeat {
                    try Task.checkCancellation()
                    await Task.yield()
                    try #require(stat(log, &facts) == 0)
                } while facts.st_size > LogLimit.longest || facts.st_size < LogLimit.kept / 2
            }
            _ = try? await harness.run("exit 9", in: "s1", of: provider)
        }
    }

    @Test(
        "the sandboxes of a project share a cache, which cannot be deleted under them",
        .enabled(if: Bubblewrap.isUsable)
    )
    func caches() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            try await provider.create(LocalHarness.spec("s2"))
            try await provider.start("s2")
            let project = LocalHarness.spec("s1").projectID
            _ = try await harness.run("echo shared >/.data/cache/file", in: "s1", of: provider)
            #expect(try await harness.run("cat /.data/cache/file", in: "s2", of: provider) == "shared\n")
            let cache = try #require(try await provider.caches(of: project).first)
            #expect(cache.name == "octobot-cache-\(project)" && cache.projectID == project)
            #expect(FolderTree.exists(cache.path + "/file") && (cache.bytes ?? 0) > 0)
            #expect(try await provider.caches(of: "another").isEmpty)
            for odd in ["", "..", ".", "a/b", "../x", "-x", ".hidden"] {
                #expect(try await provider.caches(of: ProjectID(odd)).isEmpty)
                try await provider.deleteCaches(of: ProjectID(odd))
            }
            await #expect(throws: SandboxError.self) { try await provider.deleteCaches(of: project) }
            try await provider.stop("s1", grace: .seconds(5))
            await #expect(throws: SandboxError.self) { try await provider.deleteCaches(of: project) }
            try await provider.stop("s2", grace: .seconds(5))
            try await provider.deleteCaches(of: project)
            try await provider.deleteCaches(of: project)
            #expect(try await provider.caches(of: project).isEmpty)
            try await provider.start("s1")
            #expect(try await harness.run("ls -A /.data/cache", in: "s1", of: provider) == "")
        }
    }

    @Test("without caches there is no place for one", .enabled(if: Bubblewrap.isUsable))
    func withoutCaches() async throws {
        try await withLocalHarness(.init { configuration, _ in configuration.hasCaches = false }) { harness in
            let provider = try await harness.started("s1")
            #expect(try await harness.run("test -e /.data || echo none", in: "s1", of: provider) == "none\n")
            #expect(try await provider.caches(of: LocalHarness.spec("s1").projectID).isEmpty)
        }
    }
}
