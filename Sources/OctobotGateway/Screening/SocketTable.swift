import Foundation
import NIOCore

/// The kernel's list of TCP sockets, as `/proc/net/tcp` and `/proc/net/tcp6` show it.
///
/// One line a socket: `sl local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode …`. Addresses are 32-bit words
/// in host byte order, ports big-endian, all hexadecimal. A socket whose program is gone shows inode 0 and uid 0.
struct SocketTable: Sendable {
    /// An address and port in one form for both address families.
    struct Endpoint: Sendable, Hashable {
        /// Sixteen bytes; IPv4 as a mapped address (RFC 4291 §2.5.5.2).
        var address: [UInt8]
        var port: UInt16

        init(address: [UInt8], port: UInt16) {
            self.address = address.count == 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + address : address
            self.port = port
        }

        /// `nil` for anything but TCP.
        init?(_ socket: SocketAddress) {
            guard let port = socket.port, let number = UInt16(exactly: port) else { return nil }
            // Where `sin_addr` and `sin6_addr` stand (ip(7), ipv6(7)); the members themselves belong to a module of NIO's own.
            switch socket {
            case .v4(let address):
                self.init(address: withUnsafeBytes(of: address.address) { Array($0[4..<8]) }, port: number)
            case .v6(let address):
                self.init(address: withUnsafeBytes(of: address.address) { Array($0[8..<24]) }, port: number)
            case .unixDomainSocket:
                return nil
            }
        }
    }

    private struct Pair: Hashable {
        var local: Endpoint
        var remote: Endpoint
    }

    private var owners: [Pair: UInt32] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[9] != "0", let owner = UInt32(fields[7]),
                let local = Self.endpoint(fields[1]), let remote = Self.endpoint(fields[2])
            else { continue }
            owners[Pair(local: local, remote: remote)] = owner
        }
    }

    /// `nil` when the file cannot be read.
    ///
    /// Read to its end by hand: the kernel gives such a file page by page, and Foundation stops after the first.
    init?(contentsOfFile path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &page, page.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += page[..<count]
        }
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The user whose program holds the socket with these ends.
    func owner(local: Endpoint, remote: Endpoint) -> UInt32? {
        owners[Pair(local: local, remote: remote)]
    }

    private static func endpoint(_ text: Substring) -> Endpoint? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16), [8, 32].contains(parts[0].count) else {
            return nil
        }
        var address: [UInt8] = []
        var digits = parts[0]
        while !digits.isEmpty {
            guard let word = UInt32(digits.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { address.append(contentsOf: $0) }
            digits = digits.dropFirst(8)
        }
        return Endpoint(address: address, port: port)
    }
}
