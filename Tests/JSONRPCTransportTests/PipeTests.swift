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

    @Test("lines that are no messages are handed over and nothing is answered")
    func noise() async throws {
        let (to, from) = (try pipe(), try pipe())
        let service = TestService()
        var options = RPCConnection.PipeOptions()
        options.onNoise = { service.note(String(decoding: $0, as: UTF8.self)) }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let connection = try await RPCConnection.overPipe(
            input: from.read,
            output: to.write,
            options: options,
            session: Asked(service: service),
            logger: logger
        )
        let text = Array("Loading the model…\n\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"}\n{}\n".utf8)
        #expect(write(from.write, text, text.count) == text.count)
        await service.noted("Loading the model…")
        await service.noted("{}")
        close(from.write)
        await connection.closed()
        var buffer = [UInt8](repeating: 0, count: 1000)
        let count = read(to.read, &buffer, buffer.count)
        close(to.read)
        #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self).isEmpty || count > 0)
    }
}
