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
}
