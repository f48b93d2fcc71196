/// Where sandboxes may go through the proxy: anywhere but this host, with exceptions by name (decision 11).
package struct EgressRules: Sendable {
    /// An item of `SANDBOX_ALLOW_HOSTS` that is no `host:port`.
    package struct Invalid: Error, CustomStringConvertible {
        package var description: String
    }

    /// A place as it was asked for: the name in lower case, without brackets or a final dot.
    struct Target: Sendable, Hashable, CustomStringConvertible {
        var host: String
        var port: Int

        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        /// Reads `host:port` or `[v6]:port`; `nil` when it is neither.
        init?(_ text: some StringProtocol, defaultPort: Int? = nil) {
            var host: Substring
            var rest: Substring
            let text = Substring(text)
            if text.hasPrefix("[") {
                guard let end = text.firstIndex(of: "]") else { return nil }
                host = text[text.index(after: text.startIndex)..<end]
                rest = text[text.index(after: end)...]
                guard host.contains(":") else { return nil }
            } else {
                let colon = text.lastIndex(of: ":") ?? text.endIndex
                host = text[..<colon]
                rest = text[colon...]
                guard !host.contains(":") else { return nil }
            }
            if host.hasSuffix(".") { host = host.dropLast() }
            guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
            if rest.isEmpty {
                guard let defaultPort else { return nil }
                port = defaultPort
            } else {
                rest = rest.dropFirst()
                guard rest.utf8.count <= 5, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    let number = Int(rest), (1...65_535).contains(number)
                else { return nil }
                port = number
            }
            self.host = host.lowercased()
        }

        private static func isHostByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
    }

    /// What became of a request to go somewhere.
    enum Verdict: Sendable {
        case dial([EgressAddress])
        /// Every address is refused; the text says what the first is.
        case refuse(String)
    }

    private let exceptions: Set<Target>

    /// - Parameter allowed: The items of `SANDBOX_ALLOW_HOSTS`, each `host:port` as sandboxes will spell it.
    package init(allowing allowed: [String] = []) throws(Invalid) {
        var exceptions: Set<Target> = []
        for item in allowed {
            guard let target = Target(item) else {
                throw Invalid(description: "'\(item)' is no host:port, such as build.example:8080 or [fd00::1]:443")
            }
            exceptions.insert(target)
        }
        self.exceptions = exceptions
    }

    /// Resolves a target and picks the addresses that may be dialled; blocks.
    func judge(_ target: Target) throws(EgressAddress.Unresolved) -> Verdict {
        let addresses = try EgressAddress.resolve(target.host, port: target.port)
        if exceptions.contains(target) { return .dial(addresses) }
        let own = HostAddresses.current()
        var reason: String?
        let permitted = addresses.filter { address in
            guard let kind = Self.objection(to: address, own: own) else { return true }
            reason = reason ?? kind
            return false
        }
        guard permitted.isEmpty else { return .dial(permitted) }
        return .refuse(reason ?? "no address")
    }

    /// Why an address is refused; `nil` when it may be dialled.
    private static func objection(to address: EgressAddress, own: Set<IPAddress>) -> String? {
        if let kind = address.ip.forbiddenKind { return kind }
        if own.contains(address.ip) { return "an address of this host" }
        if let embedded = address.ip.embedded, own.contains(embedded) { return "an address of this host" }
        return HostAddresses.isLocal(address) ? "an address of this host" : nil
    }
}
