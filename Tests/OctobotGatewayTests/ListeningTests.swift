import Foundation
import Logging
import NIOCore
import OctobotGateway
import OctobotServer
import Testing

@testable import OctobotGateway

@Suite("Listening and peers", .timeLimit(.minutes(1)))
struct ListeningTests {
    private func bind(_ endpoint: GatewayConfiguration.Endpoint) async throws(GatewayError) -> GatewayService {
        try await GatewayService.bind(
            GatewayConfiguration(endpoint: endpoint),
            table: OperationTable(logger: .init(label: "test")) { _, _, _ in },
            streams: ToyStreams(),
            peers: TestGateway.Everyone(),
            operations: toyOperations,
            logger: .init(label: "test")
        )
    }

    @Test("a taken port is a typed error, and the address tells what was bound")
    func taken() async throws {
        try await TestGateway.run { gateway in
            #expect(gateway.service.url == "http://127.0.0.1:\(gateway.port)")
            await #expect(throws: GatewayError.addressInUse(host: "127.0.0.1", port: gateway.port)) {
                _ = try await bind(.bind(host: "127.0.0.1", port: gateway.port))
            }
        }
    }

    @Test("an address of somebody else, and a descriptor that is no listener, are typed errors")
    func unusable() async throws {
        await #expect(throws: GatewayError.self) { _ = try await bind(.bind(host: "192.0.2.1", port: 0)) }
        let file = open("/dev/null", O_RDONLY)
        await #expect(throws: GatewayError.self) { _ = try await bind(.descriptor(file)) }
    }

    @Test("an inherited listening socket is served")
    func inherited() async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, size) }
        }
        try #require(isBound == 0 && listen(descriptor, 16) == 0)
        let service = try await bind(.descriptor(descriptor))
        let port = try #require(service.address.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let status = try await RawConnection.with(port: port) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
                return try await connection.answer().status
            }
            #expect(status == 200)
            group.cancelAll()
        }
    }

    @Test("programs of this user are served by the kernel's word, others are refused on every request")
    func peers() async throws {
        try await TestGateway.run(peers: SameUserPeers(users: [getuid()])) { gateway in
            let answer = try await gateway.request("GET", "/")
            #expect(answer.status == 200)
        }
        struct Nobody: PeerAdmission {
            func admits(local: SocketAddress, remote: SocketAddress) async -> Bool { false }
        }
        try await TestGateway.run(peers: Nobody()) { gateway in
            let answer = try await gateway.request("GET", "/")
            #expect(answer.status == 403)
            #expect(try await gateway.request("POST", "/api/projects/local/things", body: "{}").status == 403)
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("this user's programs are found also when the kernel's table has more than a page")
    func crowdedTable() async throws {
        try await TestGateway.run(peers: SameUserPeers(users: [getuid()])) { gateway in
            let status = try await crowd(40, gateway.port) { try await gateway.request("GET", "/").status }
            #expect(status == 200)
        }
    }

    /// Keeps connections open while `body` runs.
    private func crowd(_ count: Int, _ port: Int, _ body: @Sendable () async throws -> Int) async throws -> Int {
        guard count > 0 else { return try await body() }
        return try await RawConnection.with(port: port) { _ in try await crowd(count - 1, port, body) }
    }

    @Test("the socket table names the owner of either address family, and nobody for sockets without a program")
    func socketTable() throws {
        let table = SocketTable(
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:0BB9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
               1: 0100007F:C350 0100007F:0BB9 01 00000000:00000000 00:00000000 00000000  1001        0 222 1 0 20 4 30 10 -1
               2: 0100007F:C351 0100007F:0BB9 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0
               3: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:0BB9 01 0:0 0:0 0  1002 0 333 1
               4: 00000000000000000000000001000000:C353 00000000000000000000000001000000:0BB9 01 0:0 0:0 0  1003 0 444 1
            """
        )
        func v4(_ port: UInt16) -> SocketTable.Endpoint { .init(address: [127, 0, 0, 1], port: port) }
        func v6(_ port: UInt16) -> SocketTable.Endpoint {
            .init(address: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], port: port)
        }
        #expect(table.owner(local: v4(0xC350), remote: v4(3001)) == 1001)
        #expect(table.owner(local: v4(0xC351), remote: v4(3001)) == nil)
        #expect(table.owner(local: v4(0xC352), remote: v4(3001)) == 1002)
        #expect(table.owner(local: v6(0xC353), remote: v6(3001)) == 1003)
        #expect(table.owner(local: v4(0xC354), remote: v4(3001)) == nil)
    }
}
