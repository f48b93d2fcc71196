/// Finds the end of a request's head while its bytes come in.
struct HeadScanner: Sendable {
    private var count = 0
    private var lineLength = 0

    /// Takes the next bytes.
    ///
    /// - Returns: The length of the whole head, its empty line included, once that has come.
    mutating func consume(_ bytes: some Sequence<UInt8>) -> Int? {
        for byte in bytes {
            count += 1
            switch byte {
            case 0x0A:
                if lineLength == 0, count > 2 { return count }
                lineLength = 0
            case 0x0D: break
            default: lineLength += 1
            }
        }
        return nil
    }
}

/// The head of a proxy request: a tunnel, or one request to be passed on (RFC 9110 §7.6, §9.3.6; RFC 9112 §3.2).
struct EgressRequest: Sendable, Equatable {
    /// A head that is refused, with the status that fits.
    struct Malformed: Error, Equatable {
        var status: Int
        var reason: String
    }

    var target: EgressRules.Target
    /// What is sent to the target first; `nil` for a tunnel.
    var forwardedHead: [UInt8]?

    /// The largest head accepted.
    static let limit = 64 << 10

    /// Reads a complete head.
    init(head: some Collection<UInt8>) throws(Malformed) {
        guard let text = String(validating: head, as: UTF8.self) else {
            throw Malformed(status: 400, reason: "The request is not UTF-8.")
        }
        var lines = text.split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r\n" }[...]
        guard !lines.contains(where: { $0.contains("\r") }) else {
            throw Malformed(status: 400, reason: "The request has a carriage return within a line.")
        }
        guard let first = lines.popFirst() else { throw Malformed(status: 400, reason: "The request is empty.") }
        let words = first.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw Malformed(status: 400, reason: "The request line is none of HTTP/1.1.")
        }
        if words[0] == "CONNECT" {
            guard let target = EgressRules.Target(words[1]) else {
                throw Malformed(status: 400, reason: "CONNECT takes host:port.")
            }
            self.target = target
            return
        }
        (target, forwardedHead) = try Self.forwarded(method: words[0], url: words[1], lines)
    }

    /// Turns the absolute form into the origin form and takes off what concerns only the proxy.
    private static func forwarded(
        method: Substring,
        url: Substring,
        _ lines: ArraySlice<Substring>
    ) throws(Malformed) -> (EgressRules.Target, [UInt8]) {
        let scheme = "http://"
        guard url.lowercased().hasPrefix(scheme) else {
            let hint = url.hasPrefix("/") ? "this is a proxy" : "other schemes go through CONNECT"
            throw Malformed(status: 400, reason: "The target is no http:// URL; \(hint).")
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), let target = EgressRules.Target(authority, defaultPort: 80) else {
            throw Malformed(status: 400, reason: "The URL's host and port cannot be read.")
        }
        var path = rest[authority.endIndex...].prefix { $0 != "#" }
        if !path.hasPrefix("/") { path = "/" + path }
        let fields = try Self.fields(lines)
        let upgrades = fields.contains { $0.name == "upgrade" }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(authority)\r\n"
        for (name, line) in fields {
            switch name {
            case "host", "proxy-connection", "proxy-authorization", "keep-alive": continue
            case "connection" where !upgrades: continue
            default: head += line + "\r\n"
            }
        }
        // One request a connection: what follows it is never taken for another one.
        if !upgrades { head += "Connection: close\r\n" }
        return (target, Array((head + "\r\n").utf8))
    }

    private static func fields(
        _ lines: ArraySlice<Substring>
    ) throws(Malformed) -> [(name: String, line: Substring)] {
        var result: [(name: String, line: Substring)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                line[..<colon].allSatisfy({ $0.isASCII && !$0.isWhitespace })
            else { throw Malformed(status: 400, reason: "A header field cannot be read.") }
            result.append((line[..<colon].lowercased(), line))
        }
        return result
    }
}
