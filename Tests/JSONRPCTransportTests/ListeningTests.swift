import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import OctobotTestSupport
import Testing

@Suite("listening", .timeLimit(.minutes(1)))
struct ListeningTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func bind(_ endpoint: RPCListener.Endpoint) async throws -> RPCListener {
        let service = TestService()
        return try await RPCListener.bind(.init(endpoint: endpoint), logger: logger) { service.session($0) }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("socket and folder are private whatever the umask")
    func modes() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "a/b/rpc.sock"
            let listener = try await bind(.path(path))
            #expect(try mode(path) == 0o600)
            #expect(try mode(folder.path(percentEncoded: false) + "a/b") == 0o700)
            #expect(try mode(folder.path(percentEncoded: false) + "a") == 0o700)
            await listener.close()
            #expect(!FileManager.default.fileExists(atPath: path))
            let shared = folder.path(percentEncoded: false) + "g/rpc.sock"
            let group = try await bind(.path(shared, group: "\(getegid())"))
            #expect(try mode(shared) == 0o660)
            #expect(try mode(folder.path(percentEncoded: false) + "g") == 0o750)
            await group.close()
        }
    }

    @Test("a living socket is never taken, a dead one is, and what is no socket stays")
    func stale() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "rpc.sock"
            let first = try await bind(.path(path))
            await #expect(throws: RPCListenError.inUse(path: path)) { try await bind(.path(path)) }
            // The owner is alive though its lock is not there.
            try FileManager.default.removeItem(atPath: path + ".lock")
            await #expect(throws: RPCListenError.inUse(path: path)) { try await bind(.path(path)) }
            #expect(throws: Never.self) { try LineSocket(path: path) }
            // A dead owner leaves its socket behind.
            let kept = path + ".kept"
            try FileManager.default.moveItem(atPath: path, toPath: kept)
            await first.close()
            try FileManager.default.moveItem(atPath: kept, toPath: path)
            let second = try await bind(.path(path))
            #expect(throws: Never.self) { try LineSocket(path: path) }
            await second.close()
            try Data("mine".utf8).write(to: URL(filePath: path))
            await #expect(throws: RPCListenError.unusable(path: path, reason: "it is no socket")) {
                try await bind(.path(path))
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        }
    }

    @Test("a socket that was handed over is served, anything else is refused")
    func descriptors() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "rpc.sock"
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            await #expect(throws: RPCListenError.self) { try await bind(.descriptor(descriptor)) }
            #expect(listen(descriptor, 1) == 0)
            // It waits in the backlog until somebody serves.
            let client = TestClient(socket: try LineSocket(path: path))
            try client.send(#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#)
            let listener = try await bind(.descriptor(descriptor))
            let run = Task { try await listener.run() }
            #expect(try await client.next()?["result"] == [:])
            run.cancel()
            _ = await run.result
            #expect(await client.line() == nil)
            #expect(FileManager.default.fileExists(atPath: path))
            await #expect(throws: RPCListenError.self) { try await bind(.descriptor(0)) }
        }
    }

    @Test(
        "the path is computed alike everywhere",
        arguments: [
            (["OCTOBOT_SOCKET": "/x/y", "XDG_RUNTIME_DIR": "/run/user/1"], "/x/y"),
            (["OCTOBOT_SOCKET": "", "XDG_RUNTIME_DIR": "/run/user/1/"], "/run/user/1/octobot/octobotd.sock"),
            (["OCTOBOT_SOCKET": "relative"], nil), (["OCTOBOT_SOCKET": "/" + String(repeating: "x", count: 103)], nil),
            (["OCTOBOT_SOCKET": "/" + String(repeating: "x", count: 102)], "/" + String(repeating: "x", count: 102)),
        ] as [([String: String], String?)]
    )
    func paths(environment: [String: String], wanted: String?) {
        #expect((try? SocketPath.default(environment: environment)) == wanted)
    }

    @Test("a path over the limit says what to do")
    func longPath() {
        let error = #expect(throws: SocketPathError.self) {
            try SocketPath.default(environment: ["OCTOBOT_SOCKET": "/" + String(repeating: "x", count: 200)])
        }
        #expect(error?.description.contains("201 bytes; the system allows 103") == true)
    }
}
