import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Shells in a sandbox: over the socket, in a browser, and in a person's terminal.
@Suite("terminals", .serialized, .timeLimit(.minutes(5)))
struct TerminalTests {
    /// What a subscription of a terminal said, as bytes by their offsets.
    private struct Output {
        var bytes: [UInt8] = []
        var start: Int64?
        var cursor = JSONValue.null
        var end: JSONValue?

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// Reads until `condition` holds or the stream ends.
        mutating func read(
            _ notifications: AsyncStream<JSONValue>,
            until condition: (Output) -> Bool
        ) async throws {
            for await notification in notifications {
                cursor = notification["cursor"] ?? .null
                switch notification["type"] {
                case "bytes":
                    let offset = try #require(notification["offset"]?.integerValue)
                    start = start ?? offset
                    #expect(offset == (start ?? 0) + Int64(bytes.count), "no byte is missing or doubled")
                    let data = notification["data"]?.stringValue ?? ""
                    bytes +=
                        notification["encoding"] == "utf8"
                        ? Array(data.utf8) : Array(Data(base64Encoded: data) ?? Data())
                case "end": end = notification
                default: break
                }
                if condition(self) { return }
            }
        }
    }

    private static func subscription(
        _ peer: RPCPeer,
        _ session: String,
        _ terminal: String,
        _ from: JSONValue = ["type": "start"]
    ) async throws -> AsyncStream<JSONValue> {
        try await peer.subscribe(
            "terminal.subscribe",
            ["sessionId": .string(session), "terminalId": .string(terminal), "from": from]
        ).1
    }

    @Test("typed by calls and notifications in their order, seen by two, and gone on after kill -9 at the next byte")
    func survives() async throws {
        try await withFiles { files in
            let (id, shell): (String, JSONValue) = (files.session, ["/bin/sh"])
            let peer = try files.daemon.connect()
            let opened = try await peer.call(
                "terminal.open",
                [
                    "sessionId": .string(id), "id": "t", "rows": 40, "cols": 132, "command": shell,
                    "env": ["PS1": "> "],
                ]
            )
            #expect(opened["running"] == true && opened["survivesRestart"] == true && opened["root"] == false)
            let (first, second) = (
                try await Self.subscription(peer, id, "t"),
                try await Self.subscription(try files.daemon.connect(), id, "t")
            )
            func input(_ text: String) -> JSONValue {
                ["sessionId": .string(id), "terminalId": "t", "data": .string(text)]
            }
            var (one, other) = (Output(), Output())
            for letter in "stty -echo; echo $((6*7)) é🙂".unicodeScalars.map(String.init) {
                try peer.notify("terminal.input", input(letter))
            }
            _ = try await peer.call("terminal.input", input("\r"))
            try await one.read(first) { $0.text.contains("42 é🙂\r\n") }
            try await other.read(second) { $0.text.contains("42 é🙂\r\n") }
            #expect(one.text == other.text)
            let list = try await peer.call("terminal.list", ["sessionId": .string(id)])
            #expect(list["items"]?[0]?["viewers"] == 2)

            _ = try await peer.call(
                "terminal.input",
                input("i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo n$i; sleep 0.01; done; exit 9\r")
            )
            try await one.read(first) { $0.text.contains("n20\r\n") }
            await files.daemon.kill()
            try await files.daemon.start()
            let again = try files.daemon.connect()
            let rest = try await Self.subscription(again, id, "t", ["type": "cursor", "cursor": one.cursor])
            try await one.read(rest) { $0.end != nil }
            let numbers = one.text.matches(of: /n\d+\r\n/).map { String($0.output.dropLast()) }
            #expect(numbers == (1...200).map { "n\($0)" })
            #expect(one.end?["reason"] == "exited" && one.end?["exitCode"] == 9)
        }
    }

    @Test("a notification that fails is told by rpc.error, and resizing reaches the program")
    func refused() async throws {
        try await withFiles { files in
            let id: JSONValue = .string(files.session)
            let peer = try files.daemon.connect()
            for (params, kind) in [
                (["sessionId": id, "terminalId": "none", "data": "x"], "NotFound"),
                (["sessionId": id, "terminalId": "none"], "InvalidParams"),
            ] as [(JSONValue, String)] {
                do {
                    _ = try await peer.call("terminal.input", params)
                    Issue.record("taken")
                } catch let refused as RPCPeer.Refused {
                    #expect(refused.error["data"]?["type"]?.stringValue == kind)
                }
            }
            _ = try await peer.call("terminal.open", ["sessionId": id, "id": "t", "command": ["/bin/sh"]])
            _ = try await peer.call("terminal.resize", ["sessionId": id, "terminalId": "t", "rows": 7, "cols": 1000])
            _ = try await peer.call(
                "terminal.input",
                [
                    "sessionId": id, "terminalId": "t", "data": .string(Data("stty size\r".utf8).base64EncodedString()),
                    "encoding": "base64",
                ]
            )
            var output = Output()
            let stream = try await Self.subscription(peer, files.session, "t")
            try await output.read(stream) { $0.text.contains("7 1000\r\n") }
            _ = try await peer.call("terminal.close", ["sessionId": id, "terminalId": "t"])
            try await output.read(stream) { $0.end != nil }
            #expect(output.end?["reason"] == "exited")
        }
    }

    @Test("REST: history is empty, the state is told without waking, a plain request for the WebSocket is refused")
    func rest() async throws {
        try await withFiles { files in
            let path = "/api/projects/local/sessions/\(files.session)/terminal"
            #expect(try await files.browser.send("GET", path + "/history?limit=x").json == ["history": []])
            #expect(try await files.browser.send("GET", path + "/status").json["status"] == "running")
            #expect(try await files.browser.send("GET", path + "/ws").status == 400)
            let peer = try files.daemon.connect()
            _ = try await peer.call("session.stop", ["sessionId": .string(files.session)])
            #expect(try await files.browser.send("GET", path + "/status").json["status"] == "stopped")
            #expect(
                try await files.browser.send("GET", "/api/projects/local/sessions/none/terminal/status").status == 404
            )
        }
    }

    // MARK: A browser

    @Test("100 MB for a browser that takes none of it cost the daemon at most 8 MiB, and nobody else waits")
    func flood() async throws {
        try await withFiles { files in
            let port = try #require(files.browser.base.split(separator: ":").last.flatMap { UInt16($0) })
            let browser = try StalledBrowser(
                port: port,
                path: "/api/projects/local/sessions/\(files.session)/terminal/ws"
            )
            defer { browser.disconnect() }
            let pid = try #require(await files.daemon.pid)
            let peer = try files.daemon.connect()
            func terminal() async throws -> JSONValue? {
                try await peer.call("terminal.list", ["sessionId": .string(files.session)])["items"]?[0]
            }
            while try await terminal()?["viewers"] != 1 { await Task.yield() }
            let before = residentKilobytes(of: pid)
            try browser.type("head -c 100000000 /dev/zero | tr '\\0' x | fold -w 80; echo DO''NE\r")
            var (most, slowest) = (before, Duration.zero)
            while let offset = try await terminal()?["offset"]?.integerValue, offset < 100_000_000 {
                most = max(most, residentKilobytes(of: pid))
                let start = ContinuousClock.now
                _ = try await peer.call("rpc.ping")
                slowest = max(slowest, ContinuousClock.now - start)
            }
            #expect(most - before <= 8 << 10, "\(before) kB before, \(most) kB at most")
            #expect(slowest < .milliseconds(500), "a ping took \(slowest)")
            #expect(try browser.readUntil("DONE\\r\\n"), "what is kept is shown, to its end")
            browser.disconnect()
            while try await terminal()?["running"] == true { await Task.yield() }
        }
    }

    private func residentKilobytes(of pid: pid_t) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    // MARK: A person's terminal

    /// Runs `octoctl terminal` on a pseudoterminal of 12 rows and 50 columns; what it shows, and its status.
    private static func person(
        _ files: SessionFiles,
        _ command: String,
        typing input: String = ""
    ) async throws -> Command.Result {
        let line = """
            stty rows 12 cols 50; before=$(stty -g); \(Products.octoctl) terminal \(command); status=$?; \
            [ "$(stty -g)" = "$before" ] && echo restored; exit $status
            """
        return try await Command.run(
            "/usr/bin/script",
            ["-qefc", line, "/dev/null"],
            environment: files.daemon.environment.merging(["SHELL": "/bin/sh", "TERM": "xterm-256color"]) { $1 },
            input: input
        )
    }

    @Test("octoctl terminal has the window's size, the shell's status, and leaves the person's terminal as it was")
    func person() async throws {
        try await withFiles { files in
            let script = "printf '\\033[2J\\033[5;10Hfull\\033[6;10Hscreen\\033[12;1H'; stty size; test -t 0 && exit 7"
            let result = try await Self.person(files, "\(files.session) -- sh -c \"\(script)\"")
            #expect(result.status == 7, "\(result)")
            #expect(result.output.contains("\u{1B}[2J\u{1B}[5;10Hfull\u{1B}[6;10Hscreen\u{1B}[12;1H12 50\r\n"))
            #expect(result.output.contains("restored"))
            let gone = try await Self.person(files, "\(files.session) --attach none")
            #expect(gone.status == 3 && gone.output.contains("restored"))
        }
    }

    @Test("a pipe is typed to its end; without a root the refusal says what to do")
    func pipe() async throws {
        try await withFiles { files in
            let typed = try await Command.run(
                Products.octoctl,
                ["terminal", files.session, "--", "sh"],
                environment: files.daemon.environment,
                input: "echo $((6*7))\ntest -t 0 && exit 4\n"
            )
            #expect(typed.status == 4 && typed.output.contains("42\r\n"), "\(typed)")
            let ended = try await Command.run(
                Products.octoctl,
                ["terminal", files.session, "--", "cat"],
                environment: files.daemon.environment,
                input: "no newline at the end"
            )
            #expect(ended.status == 0 && ended.output.contains("no newline at the end"), "\(ended)")
            let root = try await Command.run(
                Products.octoctl,
                ["terminal", files.session, "--root"],
                environment: files.daemon.environment
            )
            #expect(root.status == 69 && root.errors.contains("docker"), "\(root)")
        }
    }
}
