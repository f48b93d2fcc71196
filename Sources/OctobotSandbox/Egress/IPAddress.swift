import Foundation

/// An address of the internet protocol as bytes, however it was spelt.
enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    /// The two halves of 128 bits.
    case v6(UInt64, UInt64)

    /// Reads what getaddrinfo(3) or getifaddrs(3) gave.
    init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self = .v4(UInt32(bigEndian: v4.sin_addr.s_addr))
        case AF_INET6:
            var v6 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            self = withUnsafeBytes(of: &v6.sin6_addr) { bytes in
                .v6(
                    UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
        default: return nil
        }
    }

    /// Reads the standard spellings (inet_pton(3)).
    init?(_ text: String) {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        self = withUnsafeBytes(of: &v6) { bytes in
            .v6(
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The IPv4 address a translator or tunnel would make of this one; `nil` when it carries none.
    ///
    /// IPv4-mapped and -compatible (RFC 4291 §2.5.5), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056),
    /// ISATAP (RFC 5214).
    var embedded: IPAddress? {
        guard case .v6(let high, let low) = self else { return nil }
        let last = UInt32(truncatingIfNeeded: low)
        if high == 0, low >> 32 == 0xFFFF || (low >> 32 == 0 && low > 1) { return .v4(last) }
        if high == 0, low >> 32 == 0xFFFF_0000 { return .v4(last) }
        if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return .v4(last) }
        if high >> 48 == 0x2002 { return .v4(UInt32(truncatingIfNeeded: high >> 16)) }
        if low >> 32 & 0xFDFF_FFFF == 0x0000_5EFE { return .v4(last) }
        return nil
    }

    /// What kind of address it is when sandboxes may never go there, whatever this host's own addresses are.
    var forbiddenKind: String? {
        switch self {
        case .v4(let value):
            switch value >> 24 {
            case 0: return "an address of this host"
            case 127: return "a loopback address"
            case 224...239: return "a multicast address"
            case 240...255: return "a reserved address"
            default: return value >> 16 == 0xA9FE ? "a link-local address" : nil
            }
        case .v6(let high, let low):
            if high == 0, low == 0 { return "an address of this host" }
            if high == 0, low == 1 { return "a loopback address" }
            if high >> 54 == 0x3FA || high >> 54 == 0x3FB { return "a link-local address" }
            if high >> 56 == 0xFF { return "a multicast address" }
            if high >> 32 == 0x2001_0000 { return "an address of a tunnel" }
            if high >> 16 == 0x0064_FF9B_0001 { return "an address of a local translator" }
            return embedded?.forbiddenKind
        }
    }
}
