/// Which `Host` a request may name: a page that made its own name point here is refused (DNS rebinding).
struct HostRule: Sendable {
    private let allowed: Set<String>

    /// - Parameter configured: Further hosts, with a port or, for the gateway's own port and none, without.
    init(port: Int, configured: [String]) {
        var allowed: Set<String> = []
        for host in ["127.0.0.1", "[::1]", "localhost"] { allowed.insert("\(host):\(port)") }
        if port == 80 { allowed.formUnion(["127.0.0.1", "[::1]", "localhost"]) }
        for host in configured.map({ $0.lowercased() }) {
            allowed.insert(host)
            if !Self.hasPort(host) { allowed.insert("\(host):\(port)") }
        }
        self.allowed = allowed
    }

    func allows(_ host: String) -> Bool { allowed.contains(host.lowercased()) }

    private static func hasPort(_ host: String) -> Bool {
        guard let colon = host.lastIndex(of: ":") else { return false }
        return !host[colon...].contains("]")
    }
}
