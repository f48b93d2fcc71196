import Foundation

/// Which addresses are this host's own, looked up anew each time: interfaces come and go.
enum HostAddresses {
    /// Every address of every interface.
    static func current() -> Set<IPAddress> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: Set<IPAddress> = []
        var next = list
        while let entry = next {
            if let pointer = entry.pointee.ifa_addr, let address = IPAddress(pointer) { addresses.insert(address) }
            next = entry.pointee.ifa_next
        }
        return addresses
    }

    /// Whether packets to an address would stay on this host: the kernel then takes the address as its own source.
    ///
    /// Finds also what no interface lists, such as whole networks routed to loopback. Nothing is sent.
    static func isLocal(_ address: EgressAddress) -> Bool {
        let family = address.isV6 ? AF_INET6 : AF_INET
        let socket = socket(family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var storage = address.storage
        var own = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &storage) { target in
            target.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, address.length) == 0 }
        }
        guard isKnown else { return false }
        let source = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                getsockname(socket, pointer, &length) == 0 ? IPAddress(pointer) : nil
            }
        }
        return source == address.ip
    }
}
