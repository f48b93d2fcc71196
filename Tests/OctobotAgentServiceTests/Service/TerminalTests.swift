import Foundation
import JSONText
import NIOHTTP1
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Terminals", .serialized, .timeLimit(.minutes(2)))
struct TerminalTests {
    private func serving(_ body: (RunningService) async throws -> Void) async throws {
        try await ServiceFixture.run(environment: ["OCTOBOT_TEST_SECRET": "hidden", "VISIBLE": "yes"]) { fixture in
            try await fixture.serving { try await body($0) }
        }
    }

    @Test("a shell answers, knows its terminal, its size and its folder, and ends with its status")
    func shell() async throws {
        try await serving { service in
            let opened = try await service.open("t1")
            #expect(opened.status == 200 && opened.body["isRunning"] == true && opened.body["rows"] == 24)
            try await service.output("t1", until: "ready> ")
            #expect(try await service.open("t1", ["rows": 50]).body["rows"] == 24)
            try await service.type("t1", "tty; stty size; pwd; env | sort; echo d''one\n")
            let text = try await service.output("t1", until: "done\r\n")
            #expect(text.contains("/dev/pts/") && text.contains("24 80") && text.contains("/workspace\r\n"))
            #expect(
                text.contains("TERM=xterm-256color") && text.contains("VISIBLE=yes") && text.contains("LANG=C.UTF-8")
            )
            #expect(!text.contains("OCTOBOT_") && !text.contains("WORKSPACE_") && !text.contains("hidden"))
            #expect(try await service.send(.POST, "/terminals/t1/size", ["rows": 33, "cols": 101]).status == 200)
            try await service.type("t1", "stty size; exit 7\n")
            let read = try await service.records(.GET, "/terminals/t1/output")
            #expect(read.text().contains("33 101"))
            #expect(try read.end == ["exitCode": 7])
            let state = try #require(try await service.terminal("t1"))
            #expect(state["isRunning"] == false && state["exitCode"] == 7)
            #expect(try await service.type("t1", "x") == 409)
            #expect(try await service.send(.POST, "/terminals/t1/size", ["rows": 2, "cols": 2]).status == 409)
        }
    }

    @Test("Ctrl-C, Ctrl-Z and jobs work; a new size reaches a program that runs")
    func jobs() async throws {
        try await serving { service in
            try await service.open("t1")
            try await service.output("t1", until: "ready> ")
            try await service.type("t1", "sh -c 'echo fi\"\"rst; sleep 100'\n")
            try await service.output("t1", until: "first")
            try await service.type("t1", "\u{3}")
            try await service.type("t1", "echo c''ode $?; sh -c 'echo sec\"\"ond; sleep 100'\n")
            try await service.output("t1", until: "code 130")
            try await service.output("t1", until: "second")
            try await service.type("t1", "\u{1A}")
            try await service.output("t1", until: "Stopped")
            try await service.type("t1", "bg; kill %1; wait; echo jobs d''one\n")
            try await service.output("t1", until: "jobs done")
            try await service.type(
                "t1",
                "trap 'echo size $(stty size)' WINCH; echo s''et; while :; do read -t 1; done\n"
            )
            try await service.output("t1", until: "set\r\n")
            _ = try await service.send(.POST, "/terminals/t1/size", ["rows": 5, "cols": 1000])
            try await service.output("t1", until: "size 5 1000")
        }
    }

    @Test("what is typed and shown stays UTF-8; a full-screen program draws and leaves")
    func screen() async throws {
        try await serving { service in
            try await service.open("t1", ["rows": 10, "cols": 40])
            try await service.output("t1", until: "ready> ")
            try await service.type("t1", "printf '%s\\n' 'grün 🐙 日本' | tee text; seq 100 >> text\n")
            try await service.output("t1", until: "\rgrün 🐙 日本\r\n")
            // The line editor of the terminal itself: one erasure takes one character.
            try await service.type("t1", "sh -c 'echo rea\"\"ding; exec cat > /dev/null'; echo re''ad\n")
            try await service.output("t1", until: "reading\r\n")
            try await service.type("t1", "aä\u{7F}")
            try await service.output("t1", until: "aä\u{8} \u{8}")
            try await service.type("t1", "\n\u{4}")
            try await service.output("t1", until: "read\r\n")
            try await service.type("t1", "less text\n")
            let screen = try await service.output("t1", until: "\r\n8\r\n")
            #expect(screen.contains("\u{1B}[?1049h"))
            try await service.type("t1", "q")
            try await service.output("t1", until: "\u{1B}[?1049l")
        }
    }

    @Test("a flood leaves memory alone, whoever does not read; late viewers are told of the gap")
    func flood() async throws {
        try await serving { service in
            try await service.open("t1")
            try await service.output("t1", until: "ready> ")
            let stalled = try StalledViewer(service, "/terminals/t1/output")
            defer { stalled.close() }
            // A little of the same first, so that only what a flood costs is measured.
            try await service.type("t1", "seq 10000; echo dr''ops\n")
            try await service.output("t1", until: "drops")
            let before = try service.residentBytes
            try await service.type("t1", "head -c 100000000 /dev/zero | tr '\\0' x; echo fl''ood over\n")
            try await service.output("t1", until: "flood over")
            let after = try service.residentBytes
            #expect(after - before <= 8 << 20, "grew by \((after - before) >> 10) KiB")
            let state = try #require(try await service.terminal("t1"))
            let end = try #require(state["end"]?.integerValue)
            let oldest = try #require(state["oldest"]?.integerValue)
            #expect(end > 100_000_000 && oldest == end - Int64(AgentLimit.terminalRing))
            #expect(state["viewers"] == 1)
            let late = try await service.records(.GET, "/terminals/t1/output?from=5") { $0.text().contains("over") }
            let gap = try #require(late.records.first)
            #expect(gap.kind == .gap && gap.position >= UInt64(oldest))
            var expected = gap.position
            for record in late.records.dropFirst() {
                #expect(record.position == expected)
                expected += UInt64(record.payload.count)
            }
            let last = try await service.records(.GET, "/terminals/t1/output?from=\(end - 3)") { _ in true }
            #expect(last.records.first?.position == UInt64(end - 3) && last.records.first?.payload.count == 3)
            #expect(try await service.send(.GET, "/terminals/t1/output?from=\(end + 1000)").status == 400)
        }
    }

    @Test("closing ends everything in the session, and viewers see the end")
    func closing() async throws {
        try await serving { service in
            try await service.open("t1")
            try await service.output("t1", until: "ready> ")
            try await service.type(
                "t1",
                "sh -c \"trap '' HUP TERM; echo stub''born; sleep 100\" > /dev/tty & sleep 200\n"
            )
            try await service.output("t1", until: "stubborn")
            let pids = ProcessTable.entries().filter { $0.parent == service.process.pid && $0.session == $0.pid }
            let shell = try #require(pids.first?.pid)
            async let viewer = service.records(.GET, "/terminals/t1/output?from=1")
            while try await service.terminal("t1")?["viewers"] != 1 { await Task.yield() }
            #expect(try await service.send(.DELETE, "/terminals/t1").status == 200)
            #expect(!ProcessTable.entries().contains { $0.session == shell && !$0.isZombie })
            #expect(try await viewer.end == ["exitCode": 129])
            #expect(try await service.send(.DELETE, "/terminals/t1").status == 200)
            #expect(try await service.send(.DELETE, "/terminals/t2").status == 404)
            // The number is not free before the state is forgotten.
            #expect(try await service.open("t1").body["isRunning"] == false)
        }
    }

    @Test("a terminal nobody looks at is closed; one that is looked at is not")
    func idle() async throws {
        try await serving { service in
            try await service.open("seen", ["idleSeconds": 1])
            try await service.open("unseen", ["idleSeconds": 1])
            let seen = try StalledViewer(service, "/terminals/seen/output")
            defer { seen.close() }
            while try await service.terminal("seen")?["viewers"] != 1 { await Task.yield() }
            let unseen = ContinuousClock.now
            while try await service.terminal("unseen")?["isRunning"] == true { await Task.yield() }
            #expect(unseen.duration(to: .now) < .seconds(10))
            #expect(try await service.terminal("seen")?["isRunning"] == true)
            seen.close()
            while try await service.terminal("seen")?["isRunning"] == true { await Task.yield() }
            #expect(try await service.terminal("seen")?["exitCode"] == 129)
        }
    }

    @Test("a viewer that takes nothing does not keep a terminal open")
    func dead() async throws {
        try await serving { service in
            try await service.open(
                "t1",
                ["idleSeconds": 1, "command": ["sh", "-c", "head -c 5000000 /dev/zero; sleep 100"]]
            )
            let stalled = try StalledViewer(service, "/terminals/t1/output")
            defer { stalled.close() }
            while try await service.terminal("t1")?["isRunning"] == true { await Task.yield() }
            #expect(try await service.terminal("t1")?["viewers"] == 1)
        }
    }

    @Test("as many as may be are open, and no more")
    func count() async throws {
        try await serving { service in
            for number in 0..<AgentLimit.terminals {
                #expect(try await service.open("t\(number)", ["command": ["cat"]]).status == 200)
            }
            let refused = try await service.open("more")
            #expect(refused.status == 429 && refused.body["error"] == "too_many_terminals")
            #expect(try await service.open("t3").status == 200)
            #expect(try await service.send(.DELETE, "/terminals/t3").status == 200)
            #expect(try await service.open("more").status == 200)
            let list = try await service.send(.GET, "/terminals").body["terminals"]?.arrayValue ?? []
            #expect(list.map { $0["id"] } == (0..<AgentLimit.terminals).map { .string("t\($0)") } + ["more"])
        }
    }

    static let bad: [[String: JSONValue]] = [
        ["id": ""], ["id": "a/b"], ["id": ".."], ["id": "ä"], ["id": .string(String(repeating: "a", count: 65))],
        ["id": 7], ["rows": 0], ["rows": 1001], ["cols": -1], ["cols": 1_000_000_000_000], ["rows": "24"],
        ["rows": 2.5], ["idleSeconds": 0], ["idleSeconds": -5], ["command": []], ["command": [""]],
        ["command": ["a\u{0}b"]], ["command": "sh"], ["command": ["/usr"]], ["command": ["/etc/passwd"]],
        ["directory": "/nowhere"], ["directory": "a\u{0}"], ["environment": ["": "x"]], ["environment": ["A=B": "x"]],
        ["environment": ["A": "x\u{0}"]], ["environment": ["A": 1]],
    ]

    @Test("nonsense is refused and opens nothing")
    func nonsense() async throws {
        try await serving { service in
            for more in Self.bad {
                let answer = try await service.open("t1", more)
                #expect(answer.status == 400, "\(more): \(answer)")
            }
            let missing = try await service.open("t1", ["command": ["no-such-shell"]])
            #expect(missing.status == 404 && missing.body["error"] == "command_not_found")
            #expect(try await service.send(.GET, "/terminals").body == ["terminals": []])
            try await service.open("t1")
            for path in [
                "/terminals/", "/terminals/t2", "/terminals/t1/", "/terminals/t1/other", "/terminals/t1/size/x",
            ] {
                #expect(try await service.send(.DELETE, path).status == 404, "\(path)")
            }
            for from in ["-1", "x", "18446744073709551616", ""] {
                #expect(try await service.send(.GET, "/terminals/t1/output?from=\(from)").status == 400, "\(from)")
            }
            for size: JSONValue in [["rows": 0, "cols": 5], ["rows": 5, "cols": 1001], ["rows": 5], [], "x"] {
                #expect(try await service.send(.POST, "/terminals/t1/size", size).status == 400, "\(size)")
            }
            #expect(try await service.type("t1", "") == 200)
            #expect(try await service.type("t2", "x") == 404)
            #expect(try await service.type("t1", String(repeating: "x", count: AgentLimit.terminalInput + 1)) == 413)
            let shy = try await service.send(.GET, "/terminals", headers: ["Authorization": "Bearer x"])
            #expect(shy.status == 401)
            let wrong = try await service.send(.PUT, "/terminals/t1")
            #expect(wrong.status == 405 && wrong.headers["allow"] == ["DELETE"])
        }
    }
}
