import Foundation
import NIOCore

/// One address a name was resolved to, exactly as it will be dialled.
struct EgressAddress: Sendable {
    var ip: IPAddress
    var storage: sockaddr_storage
    var length: socklen_t

    var isV6: Bool {
        if case .v6 = ip { true } else { false }
    }

    /// The same for NIO; no name is in it that could be resolved again.
    var socketAddress: SocketAddress? {
        var storage = storage
        return withUnsafeMutablePointer(to: &storage) { pointer in
            switch ip {
            case .v4:
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
            case .v6:
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
            }
        }
    }

    /// Resolves a name or any spelling of an address; blocks.
    ///
    /// - Throws: ``Unresolved`` with the resolver's words.
    static func resolve(_ host: String, port: Int) throws(Unresolved) -> [EgressAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw Unresolved(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [EgressAddress] = []
        var next = list
        while let entry = next {
            if let pointer = entry.pointee.ai_addr, let ip = IPAddress(pointer) {
                var storage = sockaddr_storage()
                let length = min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
                withUnsafeMutableBytes(of: &storage) { bytes in
                    bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: length))
                }
                addresses.append(EgressAddress(ip: ip, storage: storage, length: socklen_t(length)))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// A name that means nothing.
    struct Unresolved: Error {
        var reason: String
    }
}
