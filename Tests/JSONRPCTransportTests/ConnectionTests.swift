import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import OctobotTestSupport
import Testing

@Suite("connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("a client that does not read is closed after the limit, and the writer is told")
    func stalled() async throws {
        var limits = RPCLimits()
        limits.stall = .milliseconds(200)
        try await withListener(limits: limits) { listener in
            // A bare socket nobody reads from.
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            try connect(descriptor, to: listener.path)
            let text = Array((#"{"jsonrpc":"2.0","id":1,"method":"flood"}"# + "\n").utf8)
            #expect(write(descriptor, text, text.count) == text.count)
            await listener.service.noted("flood ended")
            await listener.service.noted("closed")
            // Others are served all the while.
            #expect(
                try await listener.connect().ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)?["result"] != nil
            )
        }
    }

    @Test("pings whose answers nobody reads do not pile up")
    func unreadPings() async throws {
        try await withListener { listener in
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            try connect(descriptor, to: listener.path)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            let line = #"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"# + "\n"
            let lines = Array(String(repeating: line, count: 1000).utf8)
            var sent = 0
            // The daemon must stop reading long before this much.
            while sent < 64 << 20 {
                let count = write(descriptor, lines, lines.count)
                if count < 0 {
                    guard errno == EAGAIN else { break }
                    var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    if poll(&event, 1, 500) == 0 { break }
                } else {
                    sent += count
                }
            }
            #expect(sent < 32 << 20)
        }
    }

    @Test("a graceful stop says so, lets calls finish, refuses new ones, and closes")
    func draining() async throws {
        try await withListener { listener in
            let idle = try listener.connect()
            _ = try await idle.ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)
            let busy = try listener.connect()
            try busy.send(#"{"jsonrpc":"2.0","id":1,"method":"block"}"#)
            await listener.service.noted("block started")
            await listener.stop()
            #expect(try await idle.next()?["method"] == "rpc.goaway")
            #expect(await idle.line() == nil)
            #expect(try await busy.next()?["method"] == "rpc.goaway")
            #expect(try await busy.ask(#"{"jsonrpc":"2.0","id":2,"method":"echo"}"#)?["error"]?["code"] == 1204)
            #expect(throws: (any Error).self) { try listener.connect() }
            listener.service.gate.ring()
            #expect(try await busy.next()?["result"] == "done")
            #expect(await busy.line() == nil)
        }
    }

    @Test("calls that do not end in time are cancelled at a graceful stop")
    func drainLimit() async throws {
        var limits = RPCLimits()
        limits.drain = .milliseconds(100)
        try await withListener(limits: limits) { listener in
            let client = try listener.connect()
            try client.send(#"{"jsonrpc":"2.0","id":1,"method":"block"}"#)
            await listener.service.noted("block started")
            await listener.stop()
            #expect(try await client.next()?["method"] == "rpc.goaway")
            #expect(try await client.next()?["error"]?["code"] == -32800)
            #expect(await client.line() == nil)
        }
    }

    @Test("one connection too many is told so")
    func tooMany() async throws {
        var limits = RPCLimits()
        limits.connections = 2
        try await withListener(limits: limits) { listener in
            var clients = [try listener.connect(), try listener.connect()]
            for client in clients {
                #expect(try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)?["result"] != nil)
            }
            let refused = try listener.connect()
            #expect(try await refused.next()?["error"]?["code"] == 1305)
            #expect(await refused.line() == nil)
            clients.removeLast().socket.disconnect()
            await listener.service.noted("closed")
            #expect(
                try await listener.connect().ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)?["result"] != nil
            )
        }
    }

    @Test("connections leave no descriptors behind")
    func descriptors() async throws {
        try await withListener { listener in
            func round() async throws {
                for _ in 0..<50 {
                    let client = try listener.connect()
                    _ = try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)
                }
            }
            try await round()
            for connection in listener.service.connections { await connection.closed() }
            let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                link($0, listener.path)
            }
            try await round()
            for connection in listener.service.connections { await connection.closed() }
            let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                link($0, listener.path)
            }
            #expect(after.count <= before.count)
            #expect(listener.listener.connectionCount == 0)
        }
    }

    /// Whether a descriptor of ours is a socket bound to `path`: accepted ones are, with their listener.
    private func link(_ descriptor: String, _ path: String) -> Bool {
        guard let number = Int32(descriptor) else { return false }
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &size) }
        }
        guard status == 0, address.sun_family == AF_UNIX else { return false }
        return withUnsafeBytes(of: address.sun_path) { $0.prefix(path.utf8.count).elementsEqual(path.utf8) }
    }

    @Test("the peer is who the kernel says")
    func peer() async throws {
        try await withListener { listener in
            _ = try await listener.connect().ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)
            let peer = listener.service.connections.first?.peer
            #expect(peer == PeerCredentials(pid: getpid(), uid: geteuid(), gid: getegid()))
        }
    }

    private func connect(_ descriptor: Int32, to path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}
