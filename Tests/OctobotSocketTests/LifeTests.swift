import Foundation
import JSONRPCTransport
import JSONText
import OctobotAPI
import OctobotSocket
import OctobotTestSupport
import Testing

@Suite("connections and the life of the service", .timeLimit(.minutes(1)))
struct LifeTests {
    @Test("a graceful stop says goodbye, refuses new calls, finishes running ones and ends streams with a cursor")
    func gracefulStop() async throws {
        try await TestSocket.run { socket in
            socket.log.appendEvents(1...2)
            let conversation = try socket.connect()
            _ = try await conversation.call("event.subscribe", ["from": ["type": "start"]])
            for _ in 1...3 { _ = try await conversation.notification() }
            let running = try conversation.request("thing.wait", ["title": "running"])
            try await socket.turnstile.arrival(of: "running")
            await socket.stop()
            let goaway = try await conversation.notification("rpc.goaway")
            #expect(goaway["reason"] == "shuttingDown" && goaway["deadlineMs"] == 10_000)
            let end = try await conversation.notification()
            #expect(end["type"] == "end" && end["reason"] == "shuttingDown" && end["n"] == 4)
            #expect(end["resume"] == "event.local:2")
            #expect(try await conversation.call("thing.get")["error"]?["code"] == 1204)
            socket.turnstile.open("running")
            #expect(try await conversation.answer(to: running)["result"] != nil)
            #expect(try await conversation.rest() == [])
            try await socket.end()
            #expect(conversation.violations == [])
        }
    }

    @Test("the stop waits for durable calls whose connection is gone")
    func durableCallsAtTheStop() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            try conversation.request("thing.create", ["title": "durable"])
            try await socket.turnstile.arrival(of: "durable")
            conversation.disconnect()
            await socket.stop()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await socket.end()
                    #expect(socket.turnstile.state.value.passed == ["durable"])
                }
                socket.turnstile.open("durable")
                try await group.waitForAll()
            }
            #expect(socket.turnstile.state.value.cancelled == [])
        }
    }

    @Test("calls that do not end in time do not hold the stop")
    func drainLimit() async throws {
        try await TestSocket.run {
            $0.drain = .milliseconds(50)
        } _: { socket in
            let conversation = try socket.connect()
            let running = try conversation.request("thing.wait", ["title": "running"])
            try await socket.turnstile.arrival(of: "running")
            await socket.stop()
            #expect(try await conversation.notification("rpc.goaway")["deadlineMs"] == 50)
            try await socket.end()
            #expect(socket.turnstile.state.value.cancelled == ["running"])
            let rest = try await conversation.rest()
            #expect(rest.allSatisfy { $0["id"] == running && $0["error"]?["code"] == -32800 }, "\(rest)")
        }
    }

    @Test("the census counts connections and knows when it has been quiet")
    func census() async throws {
        let clock = ManualClock()
        try await TestSocket.run { socket in
            let census = socket.service.census
            let conversation = try socket.connect()
            _ = try await conversation.call("rpc.ping")
            #expect(census.count == 1)
            let isQuiet = Watched(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await census.quiet(for: .seconds(600), clock: clock)
                    isQuiet.update { $0 = true }
                }
                conversation.disconnect()
                // Nine minutes of quiet, then a visitor, then ten minutes.
                try await clock.advance(by: .seconds(540), whenSleepingUntil: .seconds(600))
                let visitor = try socket.connect()
                _ = try await visitor.call("rpc.ping")
                visitor.disconnect()
                try await clock.advance(by: .seconds(540), whenSleepingUntil: .seconds(1140))
                #expect(!isQuiet.value)
                try await clock.advance(by: .seconds(60), whenSleepingUntil: .seconds(1140))
                try await isQuiet.wait { $0 }
                try await group.waitForAll()
            }
            #expect(census.count == 0)
        }
    }

    @Test("more connections than the owner may have are told so")
    func tooManyConnections() async throws {
        try await TestSocket.run {
            $0.limits.connections = 2
        } _: { socket in
            let open = try (1...2).map { _ in try socket.connect() }
            for conversation in open { #expect(try await conversation.call("rpc.ping")["result"] != nil) }
            let third = try socket.connect()
            let messages = try await third.rest()
            #expect(messages.count == 1)
            #expect(messages.first?["error"]?["code"] == 1305)
            for conversation in open { #expect(try await conversation.call("rpc.ping")["result"] != nil) }
        }
    }

    @Test(
        "another user is refused unless a socket group lets him in",
        .enabled(if: getuid() == 0, "needs root to become somebody else"),
        arguments: [false, true]
    )
    func otherUser(admitsGroup: Bool) async throws {
        try await TestSocket.run {
            $0.admitsGroup = admitsGroup
        } _: { socket in
            chmod((socket.path as NSString).deletingLastPathComponent, 0o755)
            chmod(socket.path, 0o666)
            let program = """
                use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un($ARGV[0])) or die "connect: $!";
                select(S); $| = 1; print qq({"jsonrpc":"2.0","id":1,"method":"rpc.ping"}\\n); shutdown(S, 1);
                select(STDOUT); print while <S>;
                """
            let result = try await Command.run(
                "/usr/bin/setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/perl", "-e", program, socket.path]
            )
            let answer = try JSONValue(parsing: result.output.split(separator: "\n").first.map { Array($0.utf8) } ?? [])
            if admitsGroup {
                #expect(answer["result"] == ["instance": "instance-1"], "\(result)")
            } else {
                #expect(answer["error"]?["code"] == 1002, "\(result)")
                #expect(answer["error"]?["message"]?.stringValue?.contains("65534") == true)
            }
        }
    }
}
