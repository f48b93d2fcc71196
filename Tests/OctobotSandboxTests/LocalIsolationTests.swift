import Foundation
import OctobotModel
import Synchronization
import Testing

@testable import OctobotSandbox

@Suite("What a local sandbox can see", .enabled(if: Bubblewrap.isUsable), .timeLimit(.minutes(2)))
struct LocalIsolationTests {
    @Test("neither ports nor abstract sockets of the host can be reached")
    func network() async throws {
        let greeter = try await Greeter()
        let abstract = try #require(AbstractSocket())
        defer { abstract.close() }
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let dial = """
                perl -MIO::Socket::INET -e 'print IO::Socket::INET->new("127.0.0.1:\(greeter.port)") ? "in" : "out: $!"'
                """
            #expect(try await harness.run(dial, in: "s1", of: provider).hasPrefix("out"))
            let knock = """
                perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); \
                print connect(S, pack("Sx", AF_UNIX) . "\(abstract.name)") ? "in" : "out: $!"'
                """
            #expect(try await harness.run(knock, in: "s1", of: provider).hasPrefix("out"))
            let interfaces = try await harness.run(
                "ls /sys/class/net 2>/dev/null; cat /proc/net/dev",
                in: "s1",
                of: provider
            )
            #expect(interfaces.contains("lo:"))
            #expect(!interfaces.contains("eth"))
        }
        // The same words do get through where nothing is in between.
        let open = try ChildProcess.runBlocking(
            [
                "/usr/bin/perl", "-MIO::Socket::INET", "-e",
                "print IO::Socket::INET->new('127.0.0.1:\(greeter.port)') ? 'in' : 'out'",
            ],
            [:],
            limit: .seconds(10)
        )
        #expect(open.output == "in")
        try await greeter.close()
    }

    @Test("files of the host, the user's home and other sandboxes are not there")
    func files() async throws {
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            try await provider.create(LocalHarness.spec("s2"))
            try await provider.start("s2")
            try Data("secret".utf8).write(to: URL(filePath: provider.places.home("s2") + "/note"))
            for path in [
                "/etc/shadow", "/etc/ssl/private", "/root", "/var", NSHomeDirectory(), harness.root + "/data",
                harness.root + "/state", provider.places.home("s2"), provider.places.records, "/run/octobot/../s",
                "/sys/kernel", "/boot", "/mnt",
            ] where path != "/home/octobot" {
                let seen = try await harness.run("ls -d '\(path)'", in: "s1", of: provider)
                #expect(seen.contains("No such file"), "\(path): \(seen)")
            }
            #expect(try await harness.run("ls /home", in: "s1", of: provider) == "octobot\n")
            #expect(try await harness.run("cat /home/octobot/note", in: "s2", of: provider) == "secret")
            let folders = try await harness.run("ls -A /home/octobot; ls -A /tmp", in: "s1", of: provider)
            // Only the way to what SANDBOX_LOCAL_READABLE names.
            #expect(folders == (harness.root as NSString).lastPathComponent + "\n")
            for path in ["/usr/x", "/x", "/etc/x", "/opt/x", "/etc/passwd", "/run/octobot-egress/x"] {
                let complaint = try await harness.run("echo >'\(path)' && echo written", in: "s1", of: provider)
                #expect(!complaint.contains("written"), "\(path)")
            }
            #expect(
                try await harness.run("echo a >~/a && echo b >/tmp/b && cat ~/a /tmp/b", in: "s1", of: provider)
                    == "a\nb\n"
            )
        }
    }

    @Test("no foreign process, no capability, no namespaces of its own, no descriptor of the daemon's")
    func processes() async throws {
        try await withLocalHarness { harness in
            let path = harness.root + "/open-file"
            let leaked = open(path, O_RDWR | O_CREAT, 0o600)
            defer { close(leaked) }
            let provider = try await harness.started("s1")
            let names = try await harness.run("cat /proc/[0-9]*/comm", in: "s1", of: provider)
            #expect(Set(names.split(separator: "\n")).isSubset(of: ["bwrap", "perl", "sh", "cat"]), "\(names)")
            let status = try await harness.run("cat /proc/self/status", in: "s1", of: provider)
            #expect(status.contains("CapEff:\t0000000000000000"))
            #expect(status.contains("CapBnd:\t0000000000000000"))
            #expect(status.contains("NoNewPrivs:\t1"))
            #expect(
                try await harness.run("unshare -U true && echo nested", in: "s1", of: provider).contains("nested")
                    == false
            )
            #expect(
                try await harness.run("unshare -r -n true && echo nested", in: "s1", of: provider).contains("nested")
                    == false
            )
            let descriptors = try await harness.run("ls -l /proc/*/fd", in: "s1", of: provider)
            #expect(descriptors.contains("socket:"))
            #expect(!descriptors.contains("open-file"))
            #expect(!descriptors.contains("eventpoll"))
            #expect(!descriptors.contains("status.json"))
            let limits = try await harness.run("grep processes /proc/self/limits", in: "s1", of: provider)
            #expect(limits.contains(" \(provider.limiting.settings.processes ?? 0) "), "\(limits)")
            #expect(
                try await harness.run("id", in: "s1", of: provider).hasPrefix("uid=1000(octobot) gid=1000(octobot)")
            )
            // Another session on the host: a signal to the daemon's terminal does not reach it.
            let main = try #require(provider.entries.withLock { $0["s1"]?.live?.main })
            #expect(ProcessFacts(pid: main.pid)?.session != getsid(0))
            if geteuid() == 0 {
                let outside = try String(contentsOfFile: "/proc/\(main.pid)/status", encoding: .utf8)
                let uid = try #require(SandboxUser.ofRootDaemon?.uid)
                #expect(outside.contains("Uid:\t\(uid)\t\(uid)\t\(uid)\t\(uid)"))
                #expect(!outside.contains("\nGroups:\t0"))
            }
        }
    }

    @Test("the environment is made up, and its only trace of the secret is the salted hash")
    func environment() async throws {
        setenv("OCTOBOT_TEST_LEAK", "leak", 1)
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let lines = try await harness.run("env", in: "s1", of: provider).split(separator: "\n").map(String.init)
            let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
            #expect(
                names.subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == [
                    "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "TERM", "SESSION_ID", "OCTOBOT_SECRET",
                    "OCTOBOT_AGENT_TYPE", "OCTOBOT_PERMISSION_MODE", "WORKSPACE_SOURCE",
                ]
            )
            #expect(lines.contains("HOME=/home/octobot"))
            #expect(lines.contains("OCTOBOT_SECRET=00:11"))
            let arguments = try #require(provider.entries.withLock { $0["s1"]?.live?.launcher?.pid })
            let line = try String(contentsOfFile: "/proc/\(arguments)/cmdline", encoding: .utf8)
            #expect(line.contains("bwrap"))
            #expect(!line.contains("00:11"))
        }
    }

    @Test("the mirror is there, read-only, though nobody else could walk to it")
    func mirror() async throws {
        try await withLocalHarness { harness in
            let closed = harness.root + "/closed"
            let mirror = closed + "/mirror.git"
            try FileManager.default.createDirectory(
                atPath: mirror,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try Data("ref: refs/heads/main\n".utf8).write(to: URL(filePath: mirror + "/HEAD"))
            chmod(mirror + "/HEAD", 0o600)
            let provider = try harness.provider
            try await provider.create(LocalHarness.spec("s1", mirror: mirror))
            try await provider.start("s1")
            #expect(try await harness.run("cat /.workspace/HEAD", in: "s1", of: provider) == "ref: refs/heads/main\n")
            #expect(try await harness.run("echo $WORKSPACE_PATH", in: "s1", of: provider) == "/.workspace\n")
            let complaint = try await harness.run("echo x >/.workspace/HEAD", in: "s1", of: provider)
            #expect(complaint.contains("Read-only") || complaint.contains("denied"), "\(complaint)")
            #expect(try String(contentsOfFile: mirror + "/HEAD", encoding: .utf8) == "ref: refs/heads/main\n")
        }
    }

    @Test("SANDBOX_LOCAL_NETWORK=host shares the network, and the sandbox says so")
    func sharedNetwork() async throws {
        let greeter = try await Greeter()
        try await withLocalHarness(.init { configuration, _ in configuration.networkIsHost = true }) { harness in
            let provider = try await harness.started("s1")
            let dial = """
                perl -MIO::Socket::INET -e 'print IO::Socket::INET->new("127.0.0.1:\(greeter.port)") ? "in" : "out: $!"'
                """
            #expect(try await harness.run(dial, in: "s1", of: provider) == "in")
            #expect(await provider.sandbox("s1")?.isolationNotes == ["network=host"])
            #expect(await provider.status().details?["network"] == "host")
        }
        try await greeter.close()
    }
}

extension LocalHarness {
    /// A provider with one sandbox that runs.
    func started(_ id: SessionID) async throws -> LocalProvider {
        let provider = try provider
        try await provider.create(Self.spec(id))
        try await provider.start(id)
        return provider
    }
}
