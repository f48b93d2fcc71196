import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A session that is stopped or deleted takes everything with it that was started in its sandbox.
@Suite("the end of a session's processes", .serialized, .timeLimit(.minutes(5)))
struct ProcessTreeTests {
    private static let limit = Duration.seconds(3)

    /// A kind of sandbox and what octobotd is told for it.
    struct Place: Sendable, CustomTestStringConvertible {
        var kind: SandboxKind
        var isIsolated = true

        var variables: [String: String] { isIsolated ? [:] : ["SANDBOX_LOCAL_ISOLATION": "none"] }
        var testDescription: String { kind.rawValue + (isIsolated ? "" : ", not isolated") }

        static var all: [Place] {
            SandboxKind.usable.map { Place(kind: $0) } + [Place(kind: .local, isIsolated: false)]
        }
    }

    @Test(
        "children that ignore SIGTERM, that left group and session, and that a turn still waits for are gone within 3 s",
        arguments: Place.all,
        ["session.stop", "session.delete"]
    )
    func gone(place: Place, method: String) async throws {
        try await place.kind.withSandboxes(place.variables) { daemon, _ in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try #require(try await peer.session(of: repository)["id"])
            // In every command line of theirs.
            let mark = Self.newMark()
            let hard = "trap '' TERM HUP INT; while :; do sleep \(mark); done"
            let quiet = "</dev/null >/dev/null 2>&1"
            let script =
                "(\(hard)) \(quiet) & setsid sh -c \"\(hard)\" \(quiet) & sh -c 'setsid sleep \(mark) & exit' \(quiet); echo up"
            let first = try await peer.turn("/run \(script)", in: session)
            #expect(first.state["state"] == "completed", "\(first.state)")
            _ = try await peer.call("chat.send", ["sessionId": session, "text": .string("/run exec sleep \(mark)5")])
            while try Self.processes(mark + "5").isEmpty { await Task.yield() }
            while try Self.processes("sleep\0" + mark).count < 4 { await Task.yield() }
            try await Self.check(mark, atLeast: 4, place.testDescription, peer, method, session)
        }
    }

    @Test(
        "an agent that neither answers nor ends holds nothing up",
        arguments: SandboxKind.usable,
        ["session.stop", "session.delete"]
    )
    func hanging(kind: SandboxKind, method: String) async throws {
        try await kind.withSandboxes { daemon, _ in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let mark = Self.newMark()
            let script = """
                trap '' TERM HUP INT
                answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$1"; }
                while IFS= read -r line; do
                  id=$(printf '%s' "$line" | sed -n 's/.*"id":\\([0-9]*\\).*/\\1/p')
                  case "$line" in
                    *'"method":"initialize"'*) answer '{"protocolVersion":1}' ;;
                    *'"method":"session/new"'*) answer '{"sessionId":"s"}' ;;
                    *'"method":"session/prompt"'*) while :; do sleep \(mark); done ;;
                  esac
                done
                """
            let workspace = try await peer.workspace(of: repository)["id"] ?? .null
            let command: JSONValue = ["/bin/sh", "-c", .string(script)]
            _ = try await peer.call("agent.create", ["agentType": "custom", "command": command])
            let session = try await peer.call("session.create", ["workspaceId": workspace])["id"] ?? .null
            try await peer.ready(session)
            _ = try await peer.call("chat.send", ["sessionId": session, "text": "go"])
            while try Self.processes("sleep\0" + mark).isEmpty { await Task.yield() }
            try await Self.check(mark, atLeast: 2, "\(kind), an agent that hangs", peer, method, session)
        }
    }

    /// A number of seconds nobody else sleeps.
    private static func newMark() -> String { "9" + String(UInt32.random(in: 10_000_000...99_999_999)) }

    /// Stops or deletes the session; what carries the mark is gone in time.
    private static func check(
        _ mark: String,
        atLeast count: Int,
        _ name: String,
        _ peer: RPCPeer,
        _ method: String,
        _ session: JSONValue
    ) async throws {
        let handles = try processes(mark).map { clinux_pidfd_open($0) }.filter { $0 >= 0 }
        defer { for handle in handles { close(handle) } }
        try #require(handles.count >= count)
        let begin = ContinuousClock.now
        let params: JSONValue =
            method == "session.stop" ? ["sessionId": session, "force": true] : ["sessionId": session]
        _ = try await peer.call(method, params)
        for handle in handles {
            var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            let left = limit - begin.duration(to: .now)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            let isGone = poll(&entry, 1, Int32(max(0, milliseconds))) == 1
            #expect(isGone)
        }
        print("\(name), \(method): all gone after \(begin.duration(to: .now))")
        #expect(try processes(mark).isEmpty)
    }

    /// The processes of this machine with a text in their command line.
    private static func processes(_ text: String) throws -> [pid_t] {
        let wanted = Data(text.utf8)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
            return line.range(of: wanted) != nil
        }
    }
}
