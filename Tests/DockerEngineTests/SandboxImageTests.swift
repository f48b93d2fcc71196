import OctobotTestSupport
import Testing

@Suite("the sandbox image", .timeLimit(.minutes(10)), .enabled(if: Engine.isUsable, Engine.reason))
struct SandboxImageTests {
    private func run(_ script: String) async throws -> String {
        let engine = try await TestEngine.shared()
        try await engine.loadSandboxImage()
        return try await engine.docker(
            "run",
            "--rm",
            "--network",
            "none",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
            TestEngine.sandboxImage,
            "bash",
            "-c",
            script
        )
    }

    @Test("an ordinary user without capabilities has what agents need")
    func tools() async throws {
        let output = try await run(
            """
            set -e
            id -u; id -g; id -un; pwd; echo $LANG; readlink /workspace
            mkdir workspace && cd /workspace && git init -q && echo forty-two > answer && git add . && git status --short
            rg --no-filename two; python3 -c 'print(6 * 7)'; node -e 'console.log(6 * 7)'; echo '{"a":42}' | jq .a
            for program in curl ssh less ps; do command -v $program > /dev/null || echo no $program; done
            """
        )
        #expect(
            output.split(separator: "\n").map(String.init) == [
                "1000", "1000", "octobot", "/home/octobot", "C.UTF-8", "/home/octobot/workspace",
                "A  answer", "forty-two", "42", "42", "42",
            ]
        )
    }

    @Test("nothing in it runs as somebody else, and nothing of the machine that built it is left")
    func nothingLeft() async throws {
        #expect(
            try await run("find / -xdev -type f -perm /6000 2>/dev/null; ls /tmp /var/lib/apt/lists")
                == "/tmp:\n\n/var/lib/apt/lists:"
        )
        #expect(
            try await run(
                "ls -A /opt/octobot/bin; find /etc/apt -name 'apt.conf'; grep -s @ /etc/apt/sources.list; true"
            ) == ""
        )
    }

    @Test("the label by which it is known")
    func label() async throws {
        let engine = try await TestEngine.shared()
        try await engine.loadSandboxImage()
        let format = #"{{index .Config.Labels "io.octobot.sandbox-image"}} {{.Config.User}}"#
        #expect(
            try await engine.docker("image", "inspect", "--format", format, TestEngine.sandboxImage) == "true octobot"
        )
    }
}
