import Foundation
import Logging
import NIOCore
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

@Suite("The egress proxy", .timeLimit(.minutes(2)))
struct EgressProxyTests {
    @Test("a tunnel to an allowed place carries bytes both ways")
    func tunnel() async throws {
        let greeter = try await Greeter()
        try await withProxy(allowing: ["localhost:\(greeter.port)"]) { proxy in
            let answer = try await exchange(
                proxy.socketPath,
                "CONNECT localhost:\(greeter.port) HTTP/1.1\r\n\r\nping"
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.hasSuffix("hello ping"))
        }
        try await greeter.close()
    }

    @Test("a plain request is passed on in the origin form, with its body")
    func forward() async throws {
        let greeter = try await Greeter()
        try await withProxy(allowing: ["127.0.0.1:\(greeter.port)"]) { proxy in
            let answer = try await exchange(
                proxy.socketPath,
                "POST http://127.0.0.1:\(greeter.port)/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
            )
            #expect(answer.contains("hello POST /x HTTP/1.1\r\nHost: 127.0.0.1:\(greeter.port)\r\n"), "\(answer)")
            #expect(answer.hasSuffix("Connection: close\r\n\r\nbody"))
        }
        try await greeter.close()
    }

    @Test("a refusal says what was refused and how it could be allowed")
    func refusal() async throws {
        let greeter = try await Greeter()
        try await withProxy(allowing: []) { proxy in
            for request in [
                "CONNECT 127.0.0.1:\(greeter.port) HTTP/1.1\r\n\r\n",
                "GET http://127.0.0.1:\(greeter.port)/ HTTP/1.1\r\nHost: x\r\n\r\n",
            ] {
                let answer = try await exchange(proxy.socketPath, request)
                #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
                #expect(answer.contains("it is a loopback address"))
                #expect(answer.contains("SANDBOX_ALLOW_HOSTS=127.0.0.1:\(greeter.port)"))
            }
        }
        try await greeter.close()
    }

    @Test("unreadable, endless and unresolvable requests are answered")
    func failures() async throws {
        try await withProxy(allowing: []) { proxy in
            #expect(try await exchange(proxy.socketPath, "HELLO\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
            let endless = String(repeating: "x", count: 70_000)
            #expect(try await exchange(proxy.socketPath, endless).hasPrefix("HTTP/1.1 431 "))
            let nowhere = try await exchange(proxy.socketPath, "CONNECT no-such-host.invalid:80 HTTP/1.1\r\n\r\n")
            #expect(nowhere.hasPrefix("HTTP/1.1 502 "))
            #expect(nowhere.contains("no-such-host.invalid cannot be resolved"))
        }
    }

    @Test("a request that never comes is given up; a place nobody listens at is told")
    func timeouts() async throws {
        let closed = try await Greeter()
        let port = closed.port
        try await closed.close()
        var limits = EgressProxy.Limits()
        limits.head = .milliseconds(50)
        try await withProxy(allowing: ["127.0.0.1:\(port)"], limits: limits) { proxy in
            #expect(try await exchange(proxy.socketPath, "CONNECT ").hasPrefix("HTTP/1.1 408 "))
            let answer = try await exchange(proxy.socketPath, "CONNECT 127.0.0.1:\(port) HTTP/1.1\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 502 "), "\(answer)")
        }
    }

    @Test("more connections than allowed are closed, and room is made by those that leave")
    func limit() async throws {
        var limits = EgressProxy.Limits()
        limits.connections = 0
        try await withProxy(allowing: [], limits: limits) { proxy in
            let answer = (try? await exchange(proxy.socketPath, "HELLO\r\n\r\n")) ?? ""
            #expect(answer.isEmpty)
        }
        limits.connections = 1
        try await withProxy(allowing: [], limits: limits) { proxy in
            for _ in 0..<3 {
                var answer = ""
                // The last connection's end may still be on its way to the proxy.
                while answer.isEmpty { answer = (try? await exchange(proxy.socketPath, "HELLO\r\n\r\n")) ?? "" }
                #expect(answer.hasPrefix("HTTP/1.1 400 "))
            }
        }
    }

    @Test("it is a sandbox's way out, also after the daemon's restart", .enabled(if: Bubblewrap.isUsable))
    func sandbox() async throws {
        let greeter = try await Greeter()
        try await withLocalHarness { harness in
            let provider = try await harness.started("s1")
            let folder = LocalConfiguration.egressFolder(stateFolder: harness.configuration.stateFolder)
            func ask(_ target: String) async throws -> String {
                let program = """
                    perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => "/run/octobot-egress/proxy.sock") \
                    or die "no proxy: $!"; print $s "CONNECT \(target) HTTP/1.1\\r\\n\\r\\nping"; $s->flush; \
                    print while <$s>'
                    """
                return try await harness.run(program, in: "s1", of: provider)
            }
            #expect(try await ask("localhost:1").contains("no proxy"))
            for _ in 0..<2 {
                let rules = try EgressRules(allowing: ["localhost:\(greeter.port)"])
                try await withProxy(folder, rules) { _ in
                    let permitted = try await ask("localhost:\(greeter.port)")
                    #expect(permitted.hasSuffix("hello ping"))
                    let refused = try await ask("127.0.0.1:\(greeter.port)")
                    #expect(refused.contains("403 Forbidden"))
                }
            }
        }
        try await greeter.close()
    }
}

private func withProxy(
    allowing allowed: [String],
    limits: EgressProxy.Limits = .init(),
    _ body: (EgressProxy) async throws -> Void
) async throws {
    let rules = try EgressRules(allowing: allowed)
    try await withTemporaryDirectory { folder in
        try await withProxy(folder.path(percentEncoded: false) + "e", rules, limits: limits, body)
    }
}

/// Runs a proxy for as long as `body`.
private func withProxy(
    _ folder: String,
    _ rules: EgressRules,
    limits: EgressProxy.Limits = .init(),
    _ body: (EgressProxy) async throws -> Void
) async throws {
    var proxy = EgressProxy(folder: folder, rules: rules, logger: Logger(label: "test"))
    proxy.limits = limits
    let (ready, signal) = AsyncStream<Void>.makeStream()
    let running = Task { [proxy] in try await proxy.run { signal.yield() } }
    for await _ in ready { break }
    let result: Result<Void, any Error>
    do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    try result.get()
}
