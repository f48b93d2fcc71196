import CSystemd
import Glibc

/// Why the sockets a service manager passed cannot be used.
package enum ActivationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The variables of sd_listen_fds(3) are malformed.
    case malformed(String)
    /// A descriptor is no listening stream socket.
    case notListening(descriptor: Int32, name: String)

    package var description: String {
        switch self {
        case .malformed(let reason): "LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES cannot be read: \(reason)."
        case .notListening(let descriptor, let name):
            "Descriptor \(descriptor) ('\(name)') from the service manager is not a listening stream socket."
        }
    }
}

/// The listening sockets a service manager passed at the start (sd_listen_fds_with_names(3)).
package struct ListenDescriptors: Sendable {
    /// What a socket listens on.
    package enum Family: Sendable, Equatable {
        case unix, internet
    }

    /// One socket; whoever takes it closes it.
    package struct Socket: Sendable, Equatable {
        package var descriptor: Int32
        /// `FileDescriptorName=` of its unit; `unknown` when there is none.
        package var name: String
        package var family: Family
    }

    /// In the order they were passed.
    package let sockets: [Socket]

    package var isEmpty: Bool { sockets.isEmpty }

    /// The first socket with a name.
    package subscript(name: String) -> Int32? { sockets.first { $0.name == name }?.descriptor }

    /// Takes the sockets and removes their variables, so that no child believes they are meant for it.
    ///
    /// Changes the environment: to be called once, before other threads run. The descriptors are close-on-exec.
    package static func take() throws(ActivationError) -> ListenDescriptors {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        defer { release(names) }
        guard count >= 0 else { throw .malformed(String(cString: strerror(-count))) }
        var sockets: [Socket] = []
        for index in 0..<count {
            let descriptor = SD_LISTEN_FDS_START + index
            let name = names?[Int(index)].map { String(cString: $0) } ?? "unknown"
            sockets.append(Socket(descriptor: descriptor, name: name, family: try family(of: descriptor, name)))
        }
        return ListenDescriptors(sockets: sockets)
    }

    private static func family(of descriptor: Int32, _ name: String) throws(ActivationError) -> Family {
        let stream = Int32(SOCK_STREAM.rawValue)
        if sd_is_socket_unix(descriptor, stream, 1, nil, 0) > 0 { return .unix }
        if sd_is_socket_inet(descriptor, AF_UNSPEC, stream, 1, 0) > 0 { return .internet }
        throw .notListening(descriptor: descriptor, name: name)
    }

    /// The array ends with a null pointer; each name is its own allocation.
    private static func release(_ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let names else { return }
        var next = names
        while let name = next.pointee {
            free(name)
            next += 1
        }
        free(names)
    }
}
