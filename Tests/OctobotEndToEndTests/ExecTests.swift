import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Programs in a sandbox, answered whole or streamed.
@Suite("programs in a sandbox", .serialized, .timeLimit(.minutes(5)))
struct ExecTests {
    private static func shell(
        _ peer: RPCPeer,
        _ session: String,
        _ script: String,
        _ more: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        let params: [String: JSONValue] = [
            "sessionId": .string(session), "argv": ["/bin/sh", "-c", .string(script)],
        ]
        return try await peer.call("session.exec", .object(params.merging(more) { $1 }))
    }

    /// Begins a program that writes its pid into a file, says `up` and stays; gives the peer that holds it.
    private static let stays = "echo $$ > pid; echo up; exec sleep 600"

    /// Returns once the program that wrote `pid` is gone.
    private static func isGone(_ peer: RPCPeer, _ session: String) async throws -> Bool {
        let script = "while kill -0 $(cat pid) 2>/dev/null; do sleep 0.02; done; echo gone"
        return try await shell(peer, session, script, ["timeoutMs": 30_000])["stdout"] == "gone\n"
    }

    @Test("status, output, input, environment, folder, signal, time and limit")
    func exec() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connect()
            let id = files.session
            let both = try await Self.shell(peer, id, "echo out; echo err >&2; exit 3")
            #expect(
                both == [
                    "exitCode": 3, "timedOut": false, "truncated": false, "stdout": "out\n", "stdoutEncoding": "utf8",
                    "stderr": "err\n", "stderrEncoding": "utf8",
                ]
            )
            let said = try await Self.shell(
                peer,
                id,
                "cat; printf %s \"$WORD\"; pwd",
                ["stdin": "hello ", "env": ["WORD": "wörld "], "cwd": "/tmp"]
            )
            #expect(said["stdout"] == "hello wörld /tmp\n")
            #expect(
                try await Self.shell(peer, id, "pwd; ls")["stdout"] == "/home/octobot/workspace\nplants.txt\ntool.sh\n"
            )
            let bytes = try await Self.shell(peer, id, "cat", ["stdinBase64": "/wD+"])
            #expect(bytes["stdout"] == "/wD+" && bytes["stdoutEncoding"] == "base64")
            let killed = try await Self.shell(peer, id, "kill -TERM $$")
            #expect(killed["signal"] == 15 && killed["exitCode"] == nil)
            let late = try await Self.shell(peer, id, "sleep 600 & echo started; wait", ["timeoutMs": 300])
            #expect(late["timedOut"] == true && late["stdout"] == "started\n", "\(late)")
            let cut = try await Self.shell(peer, id, "yes | head -c 3000000", ["outputLimit": 1000])
            #expect(cut["truncated"] == true && cut["exitCode"] == 0)
            #expect(cut["stdout"]?.stringValue?.utf8.count == 1000)
            let large = try await Self.shell(peer, id, "head -c 8388608 /dev/zero", ["outputLimit": 8_388_608])
            #expect(large["stdout"]?.stringValue.flatMap { Data(base64Encoded: $0) }?.count == 8_388_608)
        }
    }

    @Test("what cannot be run says why")
    func refused() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connect()
            func refusal(_ params: [String: JSONValue]) async throws -> JSONValue? {
                let session: [String: JSONValue] = ["sessionId": .string(files.session)]
                do {
                    _ = try await peer.call("session.exec", .object(session.merging(params) { $1 }))
                    return nil
                } catch let refused as RPCPeer.Refused {
                    return refused.error["data"]
                }
            }
            let missing = try await refusal(["argv": ["no-such-program"]])
            #expect(missing?["type"] == "NotFound" && missing?["details"]?["reason"] == "command.notFound")
            #expect(try await refusal(["argv": []])?["type"] == "InvalidParams")
            #expect(try await refusal(["argv": ["a\0b"]])?["type"] == "InvalidParams")
            #expect(try await refusal(["argv": ["true"], "cwd": "no/such/folder"])?["type"] == "InvalidParams")
            #expect(try await refusal(["argv": ["true"], "sessionId": "nobody"])?["type"] == "NotFound")
        }
    }

    @Test("output comes while the program runs, channels apart, then how it ended")
    func streamed() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connect()
            let script =
                "printf 'one \\303'; printf '\\274'; while [ ! -e go ]; do sleep 0.02; done; echo two >&2; exit 5"
            let (answer, notifications) = try await peer.subscribe(
                "exec.subscribe",
                ["sessionId": .string(files.session), "argv": ["/bin/sh", "-c", .string(script)]]
            )
            #expect(answer["subscription"]?.stringValue != nil)
            var (out, err, end) = ("", "", JSONValue.null)
            var hasGone = false
            for await notification in notifications {
                switch notification["type"] {
                case "bytes":
                    let data = notification["data"]?.stringValue ?? ""
                    if notification["channel"] == "stdout" { out += data } else { err += data }
                    if out == "one ü", !hasGone {
                        hasGone = true
                        #expect(try await files.write("go", "").status == 200)
                    }
                case "end": end = notification
                default: break
                }
            }
            #expect(out == "one ü" && err == "two\n" && hasGone)
            #expect(end["reason"] == "exited" && end["exitCode"] == 5 && end["error"] == nil)
            #expect(end["timedOut"] == false && end["truncated"] == false)
        }
    }

    @Test("much output waits for its reader and arrives whole")
    func flood() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connectUnwatched()
            let (_, notifications) = try await peer.subscribe(
                "exec.subscribe",
                ["sessionId": .string(files.session), "argv": ["head", "-c", "20000000", "/dev/zero"]]
            )
            var count = 0
            var end = JSONValue.null
            for await notification in notifications {
                guard notification["type"] == "bytes" else {
                    end = notification
                    continue
                }
                #expect(notification["offset"]?.integerValue == Int64(count))
                let text = notification["data"]?.stringValue ?? ""
                count += notification["encoding"] == "utf8" ? text.utf8.count : Data(base64Encoded: text)?.count ?? 0
            }
            #expect(count == 20_000_000 && end["exitCode"] == 0)
        }
    }

    @Test("to unsubscribe kills the program, and so does the end of the connection")
    func killed() async throws {
        try await withFiles { files in
            let watcher = try files.daemon.connect()
            for disconnects in [false, true] {
                let peer = try files.daemon.connect()
                let (answer, notifications) = try await peer.subscribe(
                    "exec.subscribe",
                    ["sessionId": .string(files.session), "argv": ["/bin/sh", "-c", .string(Self.stays)]]
                )
                for await notification in notifications where notification["type"] == "bytes" { break }
                if disconnects {
                    peer.disconnect()
                } else {
                    _ = try await peer.call("rpc.unsubscribe", ["subscription": answer["subscription"] ?? .null])
                }
                #expect(try await Self.isGone(watcher, files.session))
            }
        }
    }

    @Test("to cancel the call kills the program, and so does the end of the connection")
    func cancelled() async throws {
        try await withFiles { files in
            let watcher = try files.daemon.connect()
            for _ in 0..<2 {
                _ = try await Self.shell(watcher, files.session, "rm -f pid")
                let peer = try files.daemon.connect()
                let call = Task { try await Self.shell(peer, files.session, Self.stays) }
                _ = try await Self.shell(watcher, files.session, "while [ ! -s pid ]; do sleep 0.02; done")
                peer.disconnect()
                await #expect(throws: (any Error).self) { try await call.value }
                #expect(try await Self.isGone(watcher, files.session))
            }
        }
    }

    @Test("a stopped sandbox is started for a program")
    func wakes() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connect()
            _ = try await peer.call("session.stop", ["sessionId": .string(files.session)])
            #expect(try await Self.shell(peer, files.session, "echo awake")["stdout"] == "awake\n")
        }
    }
}
