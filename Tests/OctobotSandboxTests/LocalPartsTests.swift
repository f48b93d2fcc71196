import Foundation
import Testing

@testable import OctobotSandbox

@Suite("Parts of the local provider", .timeLimit(.minutes(1)))
struct LocalPartsTests {
    @Test("a process's facts are read past whatever its name holds")
    func stat() throws {
        let line = "42 (a) b (c)) S 1 7 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 99 0\n"
        let facts = try #require(ProcessFacts(stat: Array(line.utf8)))
        #expect(facts.parent == 1)
        #expect(facts.session == 9)
        #expect(facts.startTime == 123_456)
        #expect(facts.isAlive)
        #expect(ProcessFacts(stat: Array("42 (x) Z 1 7 9 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 5 9".utf8))?.isAlive == false)
        for cut in ["", "42", "42 (x", "42 (x) S 1"] { #expect(ProcessFacts(stat: Array(cut.utf8)) == nil) }
        #expect(ProcessFacts(pid: getpid())?.isAlive == true)
    }

    @Test("a dead child that nobody has reaped counts as ended")
    func zombie() async throws {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sleep"), strdup("1000"), nil]
        defer { for pointer in arguments { free(pointer) } }
        #expect(posix_spawn(&pid, "/bin/sleep", nil, nil, &arguments, nil) == 0)
        let handle = try #require(ProcessHandle(pid: pid))
        #expect(!handle.hasEnded)
        #expect(await !handle.waitForEnd(atMost: .milliseconds(1)))
        handle.signal(SIGKILL)
        #expect(await handle.waitForEnd(atMost: .seconds(10)))
        #expect(ProcessHandle(pid: pid) == nil)
        ChildProcess.wait(for: pid)
    }

    @Test("the status report is read while it is being written")
    func report() {
        let whole = """
            {"launcher-pid": 17}
            { "child-pid": 18, "net-namespace": 4026532183 }
            { "exit-code": 137 }
            """
        let report = StatusReport(text: whole)
        #expect(report.launcher == 17)
        #expect(report.child == 18)
        #expect(report.exitCode == 137)
        for cut in 0..<whole.utf8.count {
            let partial = StatusReport(text: String(decoding: whole.utf8.prefix(cut), as: UTF8.self))
            #expect(partial.child == nil || partial.child == 18)
            #expect(partial.launcher == nil || partial.launcher == 17)
        }
    }

    @Test("ldd's words are understood, and missing libraries are named")
    func libraries() throws {
        let output = """
            \tlinux-vdso.so.1 (0x00007ffd)
            \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f)
            """
        #expect(try SharedLibraries.parse(output).isEmpty)
        let error = #expect(throws: SharedLibraries.Missing.self) {
            try SharedLibraries.parse("\tlibfrob.so.1 => not found\n")
        }
        #expect(error?.names == ["libfrob.so.1"])
    }

    @Test("what is missing on the host is named, with what to do about it")
    func missing() {
        let error = #expect(throws: SandboxError.self) {
            try Launch.Tools.find(path: "/nonexistent", system: "/nonexistent", user: nil)
        }
        guard case .unavailable(let component, _, let hint) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(component == "bubblewrap")
        #expect(hint.contains("apt install bubblewrap"))
        for complaint in [
            "bwrap: No permissions to create new namespace", "bwrap: setting up uid map: Permission denied",
            "bwrap: Creating new namespace failed: No space left on device",
        ] {
            guard case .unavailable("user namespaces", let message, let hint) = IsolationProbe.explain(complaint) else {
                Issue.record("\(complaint)")
                continue
            }
            #expect(message.contains(complaint))
            #expect(hint.contains("user.max_user_namespaces"))
        }
        #expect(IsolationProbe.explain("bwrap: Unknown option --disable-userns").description.contains("0.8"))
    }

    @Test("sources only root can walk to are staged, the system's own are not")
    func staging() {
        var plan = MountPlan()
        plan.add(.readOnly(source: "/usr", destination: "/usr"))
        plan.add(.readOnly(source: "/etc/hosts", destination: "/etc/hosts"))
        plan.add(.writable(source: "/root/data", destination: "/home/octobot"))
        plan.add(.readOnly(source: "/usrx", destination: "/usrx"))
        let (sources, arguments) = plan.staged(in: "/tmp")
        #expect(sources == ["/root/data", "/usrx"])
        #expect(
            arguments == [
                "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc/hosts", "/etc/hosts", "--bind", "/tmp/0",
                "/home/octobot", "--ro-bind", "/tmp/1", "/usrx",
            ]
        )
    }

    @Test("a command that takes too long is killed; its output is bounded")
    func runs() async throws {
        let outcome = try await ChildProcess.run(["/bin/sh", "-c", "echo out; echo err >&2; exit 5"], environment: [:])
        #expect(outcome.status == 5)
        #expect(outcome.output == "out\nerr\n")
        await #expect(throws: ChildProcess.Failure.self) {
            try await ChildProcess.run(["/bin/sleep", "1000"], environment: [:], limit: .milliseconds(50))
        }
        let much = try await ChildProcess.run(["/bin/sh", "-c", "head -c 1000000 /dev/zero"], environment: [:])
        #expect(much.output.utf8.count <= 70_000)
        await #expect(throws: ChildProcess.Failure.self) {
            try await ChildProcess.run(["/no/such/program"], environment: [:])
        }
    }
}
