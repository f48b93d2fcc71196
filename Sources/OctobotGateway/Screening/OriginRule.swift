import HTTPTypes

/// Which web pages may drive the gateway, and which of them may read its answers (Fetch Standard, CORS protocol).
struct OriginRule: Sendable {
    private let hosts: HostRule
    private let granted: [String]

    /// - Parameter granted: Origins with at most one `*` each, compared case-insensitively; a lone `*` means all.
    init(hosts: HostRule, granted: [String]) {
        self.hosts = hosts
        self.granted = granted.map { $0.lowercased() }
    }

    /// Whether a request may change something or open a stream.
    ///
    /// Programs that are no browser send neither `Origin` nor `Sec-Fetch-Site`.
    func admitsEffects(_ fields: HTTPFields) -> Bool {
        let origins = fields[values: .origin]
        guard origins.count < 2 else { return false }
        if let origin = origins.first { return isOwn(origin) || isGranted(origin) }
        return !["cross-site", "same-site"].contains(fields[.secFetchSite]?.lowercased() ?? "none")
    }

    /// Whether a request that only reads may be answered.
    func admitsReading(_ fields: HTTPFields) -> Bool {
        guard fields[.secFetchSite]?.lowercased() == "cross-site" else { return true }
        return fields[.origin].map { isOwn($0) || isGranted($0) } ?? false
    }

    /// Whether a page of this origin may read answers.
    func isGranted(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        return granted.contains { pattern in
            guard let star = pattern.firstIndex(of: "*") else { return pattern == origin }
            let prefix = pattern[..<star]
            let suffix = pattern[pattern.index(after: star)...]
            return origin.count >= prefix.count + suffix.count && origin.hasPrefix(prefix) && origin.hasSuffix(suffix)
        }
    }

    private func isOwn(_ origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return hosts.allows(String(origin.dropFirst(scheme.count)))
        }
        return false
    }
}

extension HTTPField.Name {
    static let link = named("Link")
    // The names are constants that satisfy the grammar of RFC 9110 §5.1.
    static let secFetchSite = named("Sec-Fetch-Site")
    static let requestID = named("X-Request-Id")
    static let frameOptions = named("X-Frame-Options")
    static let referrerPolicy = named("Referrer-Policy")
    static let resourcePolicy = named("Cross-Origin-Resource-Policy")
    static let lastEventID = named("Last-Event-ID")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotencyReplayed = named("Idempotency-Replayed")
    static let accelBuffering = named("X-Accel-Buffering")
    static let messageStream = named("x-vercel-ai-ui-message-stream")

    private static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field name") }
        return name
    }
}
