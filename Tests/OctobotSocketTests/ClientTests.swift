import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import OctobotSocket
import OctobotTestSupport
import Testing

@Suite("the client against the socket", .timeLimit(.minutes(1)))
struct ClientTests {
    private func with<Result: Sendable>(
        _ socket: TestSocket,
        _ body: (OctobotClient) async throws -> Result
    ) async throws -> Result {
        try await OctobotClient.with(DaemonEndpoint(socketPath: socket.path), name: "test", body)
    }

    @Test("typed calls, raw calls and lists come back as they should")
    func calls() async throws {
        try await TestSocket.run { socket in
            try await with(socket) { client in
                let thing = try await client.call(GetThing.self, Thing(thingID: "t", size: 3))
                #expect(thing == Thing(thingID: "t", size: 3))
                #expect(try await client.call(RPCPing.self).instance == "instance-1")
                let raw = try await client.call("thing.get", params: Array(#"{"title":"raw"}"#.utf8))
                #expect(try JSONValue(parsing: raw) == ["title": "raw"])
                let things: [Thing] = try await client.pages(ListThings.self) { ListThings.Params(cursor: $0) }
                #expect(things.map(\.thingID) == ["a", "b", "c"])
            }
        }
    }

    @Test("an error of the daemon arrives as the fault it was")
    func refusals() async throws {
        try await TestSocket.run { socket in
            try await with(socket) { client in
                let missing = await #expect(throws: Refusal.self) {
                    _ = try await client.call(GetThing.self, Thing(thingID: "missing"))
                }
                #expect(missing?.fault == Fault.notFound("thing", "missing"))
                #expect(missing?.code == 1101 && missing?.exitStatus == 3 && missing?.requestID?.count == 16)
                let unknown = await #expect(throws: Refusal.self) {
                    _ = try await client.call("thing.gte", params: Array("{}".utf8))
                }
                #expect(unknown?.fault.kind == .methodNotFound && unknown?.fault.hint != nil)
                let late = await #expect(throws: Refusal.self) {
                    _ = try await client.call(WaitThing.self, Thing(title: "a"), CallOptions(timeout: .milliseconds(5)))
                }
                #expect(late?.fault.kind == .deadlineExceeded)
            }
        }
    }

    @Test("cancelling the task of a call cancels the call")
    func cancellation() async throws {
        try await TestSocket.run { socket in
            try await with(socket) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: CancellationError.self) {
                            _ = try await client.call(WaitThing.self, Thing(title: "a"))
                        }
                    }
                    try await socket.turnstile.arrival(of: "a")
                    group.cancelAll()
                    try await group.waitForAll()
                }
                try await socket.turnstile.state.wait { $0.cancelled == ["a"] }
            }
        }
    }

    @Test("nobody listens: the error names the socket and what to do")
    func unreachable() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "s").path(percentEncoded: false)
            let error = await #expect(throws: ClientError.self) {
                try await OctobotClient.with(DaemonEndpoint(socketPath: path)) { _ in }
            }
            #expect(error?.description.contains(path) == true)
            #expect(error?.exitStatus == 69)
            #expect(error?.hint != nil)
        }
    }

    @Test("leaving the loop ends the subscription")
    func leaving() async throws {
        try await TestSocket.run {
            $0.limits.subscriptions = 1
        } _: { socket in
            socket.log.appendEvents(1...10)
            try await with(socket) { client in
                for _ in 1...3 {
                    for try await element in client.events(SubscribeEvents.Params(from: .start)) {
                        if case .item(let event, "event.local:2", _, let json) = element {
                            #expect(event.id == "e2")
                            #expect(try JSONValue(parsing: json)["id"] == "e2")
                            break
                        }
                    }
                }
            }
        }
    }

    @Test("a raw stream gives the notifications as they are")
    func rawStream() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...2)
            try await with(socket) { client in
                let stream = try await client.stream(
                    "event.subscribe",
                    params: Array(#"{"from":{"type":"start"}}"#.utf8)
                )
                #expect(try JSONValue(parsing: stream.answer)["subscription"] == "s1")
                var types: [JSONValue?] = []
                for try await text in stream {
                    types.append(try JSONValue(parsing: text)["type"])
                    if types.count == 3 { break }
                }
                #expect(types == ["event", "event", "synced"])
                let refusal = await #expect(throws: Refusal.self) {
                    _ = try await client.stream("event.subscribe", params: Array(#"{"form":1}"#.utf8))
                }
                #expect(refusal?.fault.kind == .invalidParams)
            }
        }
    }

    @Test("a stream goes on at its cursor when the daemon is replaced, gracefully or not", arguments: [true, false])
    func resumption(isGraceful: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "s").path(percentEncoded: false)
            let log = ToyLog("event.local")
            let seen = Watched<[Int]>([])
            log.appendEvents(1...3)
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await TestSocket.run(at: path, log: log) { socket in
                    _ = try await socket.connect().call("rpc.ping")
                    group.addTask {
                        try await OctobotClient.with(DaemonEndpoint(socketPath: path)) { client in
                            for try await element in client.events(SubscribeEvents.Params(from: .start)) {
                                if case .item(let event, _, _, _) = element {
                                    seen.update { $0.append(Int(event.seq)) }
                                }
                            }
                        }
                    }
                    try await seen.wait { $0.count == 3 }
                    guard isGraceful else { return }
                    await socket.stop()
                    try await socket.end()
                }
                log.appendEvents(4...6)
                try await TestSocket.run(at: path, log: log) { _ in
                    try await seen.wait { $0.count == 6 }
                    log.appendEvents(7...7)
                    try await seen.wait { $0.count == 7 }
                }
                group.cancelAll()
                // The stream ends by its cancellation, or by what the end of the second daemon tells it.
                while (try? await group.next()) != nil {}
            }
            #expect(seen.value == Array(1...7))
        }
    }

    @Test("an idempotent call whose connection breaks is repeated once, any other is not")
    func repetition() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "s").path(percentEncoded: false)
            try await TestSocket.run(at: path) { first in
                try await OctobotClient.with(DaemonEndpoint(socketPath: path)) { client in
                    _ = try await client.call(RPCPing.self)
                    await first.stop()
                    try await first.end()
                    try await TestSocket.run(at: path) { _ in
                        let answer = try await client.call(GetThing.self, Thing(title: "again"))
                        #expect(answer.title == "again")
                    }
                    await #expect(throws: ClientError.self) { _ = try await client.call(GetThing.self, Thing()) }
                }
            }
        }
    }
}

@Suite("starting the daemon", .timeLimit(.minutes(1)))
struct DaemonStartTests {
    /// A program that listens as a daemon would and greets one client.
    private static let standIn = """
        #!/usr/bin/perl
        use Socket; use POSIX;
        $| = 1;
        print "started with ", join(",", @ARGV), " session ", POSIX::getpgrp() == $$ ? "own" : "foreign", " ", $ENV{MARK}, "\\n";
        opendir(my $d, "/proc/self/fd"); my @open = grep { /^\\d+$/ && $_ > 2 && $_ != fileno($d) } readdir($d); closedir $d;
        print "descriptors @open\\n";
        socket(L, PF_UNIX, SOCK_STREAM, 0); bind(L, pack_sockaddr_un($ENV{OCTOBOT_SOCKET})); listen(L, 5);
        accept(S, L); my $line = <S>;
        syswrite(S, qq({"jsonrpc":"2.0","id":1,"result":{}}\\n));
        1 while <S>;
        """

    private func start<Result: Sendable>(
        _ program: String,
        in folder: URL,
        _ body: (OctobotClient) async throws -> Result
    ) async throws -> (Result, String) {
        let executable = folder.appending(path: "octobotd").path(percentEncoded: false)
        try program.write(toFile: executable, atomically: false, encoding: .utf8)
        chmod(executable, 0o700)
        let path = folder.appending(path: "s").path(percentEncoded: false)
        let log = folder.appending(path: "state/octobot/octobotd.log").path(percentEncoded: false)
        let starter = DaemonStarter(
            executable: executable,
            environment: ["OCTOBOT_SOCKET": path, "MARK": "unchanged"],
            logFile: log
        )
        let started = Watched<[String]>([])
        let result = try await OctobotClient.with(
            DaemonEndpoint(socketPath: path, starter: starter),
            onStart: { name in started.update { $0.append(name) } },
            body
        )
        #expect(started.value == [executable])
        return (result, try String(contentsOfFile: log, encoding: .utf8))
    }

    @Test("a daemon is started in a session of its own, with the environment, a log, and no descriptor of ours")
    func starts() async throws {
        try await withTemporaryDirectory { folder in
            let (_, log) = try await start(Self.standIn, in: folder) { _ in }
            #expect(log.contains("session own unchanged"), "\(log)")
            #expect(log.contains("descriptors \n"), "\(log)")
        }
    }

    @Test("what a daemon says before it fails is what the client says")
    func fails() async throws {
        try await withTemporaryDirectory { folder in
            let error = await #expect(throws: ClientError.self) {
                _ = try await start("#!/bin/sh\necho 'octobotd: PORT: banana' >&2\nexit 78\n", in: folder) { _ in }
            }
            #expect(error?.description.contains("PORT: banana") == true, "\(String(describing: error))")
            #expect(error?.exitStatus == 69)
            #expect(error?.hint?.contains("octobotd.log") == true)
        }
    }

    @Test("the program is looked for beside this one, then on PATH, and the log lies in the state folder")
    func places() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "octobotd").path(percentEncoded: false)
            try "#!/bin/sh\n".write(toFile: path, atomically: false, encoding: .utf8)
            chmod(path, 0o700)
            let folder = folder.path(percentEncoded: false)
            let starter = DaemonStarter(
                environment: ["PATH": "relative:/nowhere:\(folder)", "XDG_STATE_HOME": "/state", "HOME": "/home/x"])
            // A build of the daemon beside the tests comes first.
            #expect(starter.executable == path || starter.executable?.hasSuffix("debug/octobotd") == true)
            #expect(starter.logFile == "/state/octobot/octobotd.log")
            #expect(
                DaemonStarter(environment: ["HOME": "/home/x"]).logFile == "/home/x/.local/state/octobot/octobotd.log"
            )
        }
    }
}
