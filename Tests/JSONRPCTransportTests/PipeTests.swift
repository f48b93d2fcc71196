import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import OctobotTestSupport
import Synchronization
import Testing

@Suite("pipes", .timeLimit(.minutes(1)))
struct PipeTests {
    /// Answers the other end's questions and notes its notifications.
    private struct Asked: RPCSession {
        let service: TestService

        func plan(_ call: RPCCall) -> CallPlan { .run() }

        func answer(_ call: RPCCall) async throws -> RPCAnswer { RPCAnswer(call.params) }

        func notified(_ notification: RPCNotification) -> NotificationPlan {
            .wait { [service] in
                for _ in 0..<5 { await Task.yield() }
                service.note(notification.method)
            }
        }

        func closed() { service.note("closed") }
    }

    private func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        return (ends[0], ends[1])
    }

    private func withPipes(
        onNoise: (@Sendable ([UInt8]) -> Void)? = nil,
        _ body: (_ ours: RPCConnection, _ theirs: RPCConnection, _ here: TestService, _ there: TestService) async throws
            -> Void
    ) async throws {
        let (to, from) = (try pipe(), try pipe())
        let (here, there) = (TestService(), TestService())
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var options = RPCConnection.PipeOptions()
        options.onNoise = onNoise
        let ours = try await RPCConnection.overPipe(
            input: from.read,
            output: to.write,
            options: options,
            session: Asked(service: here),
            logger: logger
        )
        let theirs = try await RPCConnection.overPipe(
            input: to.read,
            output: from.write,
            options: options,
            logger: logger
        ) {
            there.session($0)
        }
        try await body(ours, theirs, here, there)
        ours.close()
        await ours.closed()
        await theirs.closed()
    }

    @Test("both ends call, also inside a call")
    func bothWays() async throws {
        try await withPipes { ours, theirs, _, _ in
            let params = Array(#"{"x":[1,2]}"#.utf8)
            let answers = [
                try await ours.call("echo", params: params), try await theirs.call("anything", params: params),
                try await ours.call("peer", params: params),
            ]
            #expect(answers == [params, params, params])
        }
    }

    @Test("an answer comes after the notifications before it were taken in")
    func order() async throws {
        try await withPipes { ours, theirs, here, _ in
            for round in 1...20 {
                theirs.notify("first \(round)", params: Array("{}".utf8))
                theirs.notify("second \(round)", params: Array("{}".utf8))
                _ = try await ours.call("echo", params: Array("{}".utf8))
                #expect(here.log.suffix(2) == ["first \(round)", "second \(round)"])
            }
        }
    }

    @Test("cancelling reaches the other end under the agreed name")
    func cancelling() async throws {
        try await withPipes { ours, _, _, there in
            let call = Task { try await ours.call("stubborn", params: Array("{}".utf8)) }
            await there.noted("stubborn started")
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            await there.noted("stubborn cancelled")
            there.gate.ring()
        }
    }

    @Test("the end of the other side fails the calls that wait for it")
    func end() async throws {
        try await withPipes { ours, theirs, here, there in
            let call = Task { try await ours.call("block", params: Array("{}".utf8)) }
            await there.noted("block started")
            theirs.close()
            await #expect(throws: RPCConnectionClosed.self) { try await call.value }
            await here.noted("closed")
            there.gate.ring()
        }
    }

    /// A connection to a stranger who writes what the test wants.
    private func withStranger(
        _ body: (_ ours: RPCConnection, _ service: TestService, _ stranger: Stranger) async throws -> Void
    ) async throws {
        let (to, from) = (try pipe(), try pipe())
        let service = TestService()
        var options = RPCConnection.PipeOptions()
        options.messageBytes = 1 << 16
        options.onNoise = { service.note("noise " + String(decoding: $0.prefix(200), as: UTF8.self)) }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let connection = try await RPCConnection.overPipe(
            input: from.read,
            output: to.write,
            options: options,
            session: Listening(service: service),
            logger: logger
        )
        try await body(connection, service, Stranger(output: from.write, input: to.read))
        close(from.write)
        await connection.closed()
        close(to.read)
    }

    private struct Stranger {
        let output: Int32
        let input: Int32

        func write(_ text: String) { write(Array((text + "\n").utf8)) }

        func write(_ bytes: [UInt8]) { #expect(Glibc.write(output, bytes, bytes.count) == bytes.count) }

        /// What has been sent to it so far; waits for something, on a thread that may be blocked.
        func read() async -> String {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [input] in
                    var buffer = [UInt8](repeating: 0, count: 1 << 16)
                    let count = Glibc.read(input, &buffer, buffer.count)
                    continuation.resume(returning: String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self))
                }
            }
        }
    }

    /// Notes notifications with their params.
    private struct Listening: RPCSession {
        let service: TestService

        func answer(_ call: RPCCall) async throws -> RPCAnswer { RPCAnswer(call.params) }

        func notified(_ notification: RPCNotification) -> NotificationPlan {
            service.note("\(notification.method) \(String(decoding: notification.params, as: UTF8.self))")
            return .taken
        }
    }

    @Test("lines that are no messages are handed over and nothing is answered")
    func noise() async throws {
        try await withStranger { ours, service, stranger in
            for line in [
                "Loading the model…", "{}", #"{"jsonrpc":"2.0","method":"m","params":{"a":1,"a":2}}"#,
                #"{"jsonrpc":"2.0","id":7,"result":{"a":1,"a":2}}"#, #"{"id":7,"result":{}}"#,
                #"{"jsonrpc":"2.0","id":7}"#,
            ] {
                stranger.write(line)
                await service.noted("noise " + line)
            }
            stranger.write(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#)
            #expect(await stranger.read() == #"{"jsonrpc":"2.0","id":1,"result":{}}"# + "\n")
        }
    }

    @Test(
        "an answer that cannot be read fails its call",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}"#, #"{"jsonrpc":"2.0","result":{"a":1,"a":2},"id":1}"#,
            #"{"jsonrpc":"2.0","id":1,"result":"\x"}"#, #"{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":[1,2"#, #"{"id":1,"result":{}}"#, #"{"jsonrpc":"2.0","id":1}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"code":2,"message":"m"}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":"# + String(repeating: "[", count: 100)
                + String(repeating: "]", count: 100) + "}",
            #"{"jsonrpc":"2.0","id":1,"result":""# + String(repeating: "x", count: 1 << 17) + #""}"#,
        ]
    )
    func unreadableAnswer(answer: String) async throws {
        try await withStranger { ours, service, stranger in
            let call = Task { try await ours.call("m", params: Array("{}".utf8)) }
            #expect(await stranger.read().contains(#""id":1"#))
            stranger.write(answer)
            await #expect(throws: RPCError.self) { try await call.value }
            // Nothing was answered to it, and the connection goes on.
            stranger.write(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#)
            #expect(await stranger.read() == #"{"jsonrpc":"2.0","id":1,"result":{}}"# + "\n")
        }
    }

    @Test("a call that cannot be read is refused under its id")
    func unreadableCall() async throws {
        try await withStranger { ours, service, stranger in
            stranger.write(#"{"jsonrpc":"2.0","id":"q","method":"x","params":{"a":1,"a":2}}"#)
            let answer = await stranger.read()
            #expect(answer.contains(#""id":"q""#) && answer.contains("-32700"))
        }
    }

    @Test("what other programs cannot keep in JSON does not lose the message it is in")
    func leniency() async throws {
        try await withStranger { ours, service, stranger in
            stranger.write(#"{"jsonrpc":"2.0","method":"m","params":{"cut":"a\ud83d","n":18446744073709551615}}"#)
            await service.noted(#"m {"cut":"a\ufffd","n":18446744073709551615.0}"#)
            stranger.write(
                Array(#"{"jsonrpc":"2.0","method":"m","params":{"raw":""#.utf8) + [0xED, 0xA0, 0x80, 0xFF]
                    + Array("\"}}\n".utf8)
            )
            await service.noted(#"m {"raw":"\#u{FFFD}\#u{FFFD}\#u{FFFD}\#u{FFFD}"}"#)
            async let call = ours.call("m", params: Array("{}".utf8))
            _ = await stranger.read()
            stranger.write(#"{"jsonrpc":"2.0","id":1,"result":{"text":"\udE00","n":-9007199254740992}}"#)
            let result = try await call
            #expect(result == Array(#"{"text":"\ufffd","n":-9007199254740992.0}"#.utf8))
        }
    }
}
